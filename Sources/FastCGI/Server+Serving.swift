import Synchronization

extension Server {
    /// A request that was read and is not handled yet.
    private struct Arrival {
        let request: Request
        let exchange: Exchange
        let generation: Generation
    }

    /// A worker's life: one batch of ready connections after another, until the stop latch is set.
    func work(_ worker: Worker) {
        var isStopping = false
        while !isStopping {
            worker.serve { ready in
                if ready.remove(EventToken(latch: stopLatch.number)) { isStopping = true }
                if ready.remove(EventToken(latch: worker.pulse.question.number)) { worker.pulse.answer() }
                serve(ready)
            }
        }
        worker.finish()
    }

    /// Reads the requests of all these connections, and has all of them answered, now or later.
    ///
    /// One stage after the other, because what runs for one request is three times what the processor's instruction cache
    /// holds: docs/decisions/0032-stage-by-stage.md.
    func serve(_ ready: ReadyEvents) {
        var arrivals: [Arrival] = []
        arrivals.reserveCapacity(ready.count)
        ready.forEach { token in
            if let arrival = receive(token) { arrivals.append(arrival) }
        }
        for arrival in arrivals { answer(arrival.request, arrival.exchange, arrival.generation) }
    }

    /// Reads a request; nil when there is none that can be handled. The connection is nobody's until `send` parks it again.
    private func receive(_ token: EventToken) -> Arrival? {
        guard let connection = connections.take(token) else { return nil }
        guard !connection.isNew || connection.beginsRequest else {
            connection.close()
            return nil
        }
        let exchange = exchanges.take()
        let generation = present
        switch exchange.receive(from: connection, generation.configuration) {
        case .none: exchanges.put(exchange)
        case .request(let request): return Arrival(request: request, exchange: exchange, generation: generation)
        case .refused(let reason, let request):
            send(generation.handler.refuse(reason, request), request, exchange, generation)
        }
        return nil
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
        account(for: transmit(response, over: exchange), response, request, generation)
    }

    /// Sends answers that were held: all of them, before any is accounted for.
    func send(_ answers: [HeldAnswers.Answer]) {
        let sent = answers.map { transmit($0.response, over: $0.exchange) }
        for (answer, sent) in zip(answers, sent) {
            account(for: sent, answer.response, answer.request, answer.generation)
            held.didSend()
        }
    }

    /// What is left to be told of an answer that has left.
    private struct Sent {
        let bytes: Int
        let at: UInt64
    }

    private func transmit(_ response: Response, over exchange: Exchange) -> Sent {
        let sent = exchange.send(response, closing: isDraining.load(ordering: .relaxed))
        exchanges.put(exchange)
        if let connection = sent.kept { connections.park(connection) }
        return Sent(bytes: sent.bytes, at: MonotonicClock.nanoseconds)
    }

    private func account(for sent: Sent, _ response: Response, _ request: Request?, _ generation: Generation) {
        let duration = sent.at - min(sent.at, request?.receivedAt ?? sent.at)
        generation.handler.didSend(response, durationNanoseconds: duration)
        generation.accessLog?.append(request, response, bytes: sent.bytes, durationNanoseconds: duration)
    }
}
