import Synchronization

extension Server {
    /// A worker's life: one ready connection after another, until the stop latch is set.
    func work(_ worker: Worker) {
        var isStopping = false
        while !isStopping {
            worker.serve { token in
                if token == EventToken(latch: stopLatch.number) {
                    isStopping = true
                } else if token == EventToken(latch: worker.pulse.question.number) {
                    worker.pulse.answer()
                } else {
                    serve(token)
                }
            }
        }
        worker.finish()
    }

    /// Reads a request and has it answered, now or later. The connection is nobody's until `send` parks it again.
    func serve(_ token: EventToken) {
        guard let connection = connections.take(token) else { return }
        guard !connection.isNew || connection.beginsRequest else { return connection.close() }
        let exchange = exchanges.take()
        let generation = present
        switch exchange.receive(from: connection, generation.configuration) {
        case .none: exchanges.put(exchange)
        case .request(let request): answer(request, exchange, generation)
        case .refused(let reason, let request):
            send(generation.handler.refuse(reason, request), request, exchange, generation)
        }
    }

    private func answer(_ request: Request, _ exchange: Exchange, _ generation: Generation) {
        let handler = generation.handler
        // Before the handler runs: refused then means that nothing was done.
        guard held.count < configuration.heldAnswers else {
            return send(handler.refuse(.overloaded, request), request, exchange, generation)
        }
        switch handler.handle(request) {
        case .response(let response): deliver(response, request, exchange, generation)
        case .blocking(let respond):
            let isQueued = lane.submit { self.deliver(respond(), request, exchange, generation) }
            if !isQueued { send(handler.refuse(.overloaded, request), request, exchange, generation) }
        }
    }

    /// Sends the answer, or holds it until what it depends on is durable.
    private func deliver(
        _ response: consuming Response, _ request: Request, _ exchange: Exchange, _ generation: Generation
    ) {
        guard response.durableAt > 0 else { return send(response, request, exchange, generation) }
        let answer = HeldAnswers.Answer(
            exchange: exchange, request: request, response: response, generation: generation)
        switch held.hold(answer) {
        case .held: return
        case .durable: send(answer.response, request, exchange, generation)
        case .failed: send(generation.handler.refuse(.storageFailed, request), request, exchange, generation)
        }
    }

    func send(_ response: Response, _ request: Request?, _ exchange: Exchange, _ generation: Generation) {
        let sent = exchange.send(response, closing: isDraining.load(ordering: .relaxed))
        exchanges.put(exchange)
        if let connection = sent.kept { connections.park(connection) }
        let now = MonotonicClock.nanoseconds
        let duration = now - min(now, request?.receivedAt ?? now)
        generation.handler.didSend(response, durationNanoseconds: duration)
        generation.accessLog?.append(request, response, bytes: sent.bytes, durationNanoseconds: duration)
    }
}
