import Synchronization

/// Everything the fake knows, and which part of it answers what.
final class FakeStripe: Sendable {
    private struct State {
        var recorder = Recorder()
        var connections = Connections()
        var payments = Payments()
        var keys = IdempotencyKeys()
        var effects = Effects()
        var requests = 0
    }

    private let state = Mutex(State())

    /// Every request so far, for tests in the same process.
    var recorded: [FakeRequest] { state.withLock { $0.recorder.requests } }

    func answer(_ request: FakeRequest) -> Reply {
        if request.path.hasPrefix("/_") { return control(request) }
        let (number, effect) = state.withLock { state in
            state.requests += 1
            state.recorder.add(request)
            return (state.requests, state.effects.take(for: request.path))
        }
        var reply = effect.map { carryOut($0, request) } ?? serve(request)
        reply.headers.append(("Request-Id", "req_fake\(number)"))
        return reply
    }

    private func serve(_ request: FakeRequest) -> Reply {
        switch (request.method, request.path) {
        case ("GET", "/oauth/authorize"): AuthorizePage(request.query).page
        case ("POST", "/oauth/authorize"): AuthorizePage(request.fields).decision
        case ("POST", "/oauth/token"): state.withLock { $0.connections.token(request) }
        case ("POST", "/oauth/deauthorize"): state.withLock { $0.connections.deauthorize(request) }
        case (_, let path) where path.hasPrefix("/v1/"): servePayments(request)
        default: .refused(404, "Unrecognized request URL (\(request.method): \(request.path)).")
        }
    }

    private func carryOut(_ effect: Effect, _ request: FakeRequest) -> Reply {
        switch effect {
        case .closeBefore: Reply(500, text: "").delivered(.close)
        case .silentBefore: Reply(500, text: "").delivered(.silence)
        case .closeAfter: serve(request).delivered(.close)
        case .silent: serve(request).delivered(.silence)
        case .tooMany: .tooManyRequests
        case .failure: .internalError
        case .html: .gatewayPage
        case .failureAfter:
            {
                _ = serve(request)
                return .internalError
            }()
        case .slow(let milliseconds): serve(request).delayed(milliseconds: milliseconds)
        }
    }

    // MARK: Payments

    private func servePayments(_ request: FakeRequest) -> Reply {
        guard let account = request.header("stripe-account") else {
            return .refused(400, "This fake takes requests on behalf of an account only: send Stripe-Account.")
        }
        guard let key = request.bearer else {
            return .refused(401, "You did not provide an API key.")
        }
        guard Connections.isKey(key) else {
            return .refused(401, "Invalid API Key provided: sk_test_***")
        }
        guard !account.hasPrefix("acct_revoked"), account.hasPrefix("acct_"),
            state.withLock({ !$0.connections.isRevoked(account) })
        else {
            return .refused(
                403, code: "account_invalid",
                "The provided key 'sk_test_***' does not have access to account '\(account)' (or that account does "
                    + "not exist). Application access may have been revoked.")
        }
        guard request.method == "POST", let idempotencyKey = request.header("idempotency-key") else {
            return carryOut(request, account: account, key: key)
        }
        let place = "\(account) \(idempotencyKey)"
        if let reply = state.withLock({ $0.keys.begin(place, request) }) { return reply }
        let reply = carryOut(request, account: account, key: key)
        if reply.delayMilliseconds > 0 {
            // In flight meanwhile: the same key answers 409.
            FakeStripe.sleep(milliseconds: reply.delayMilliseconds)
        }
        state.withLock { $0.keys.finish(place, reply) }
        var sent = reply
        sent.delayMilliseconds = 0
        return sent
    }

    private func carryOut(_ request: FakeRequest, account: String, key: String) -> Reply {
        state.withLock { state in
            let isFirstUse = state.payments.isFirst(key: request.header("idempotency-key") ?? "")
            return state.payments.answer(
                request, account: account, isLive: key.contains("_live_"), isFirstUse: isFirstUse)
        }
    }

    // MARK: For tests

    private func control(_ request: FakeRequest) -> Reply {
        switch (request.method, request.path) {
        case ("GET", "/_recorded"): return state.withLock { Reply(200, $0.recorder.value) }
        case ("DELETE", "/_recorded"): state.withLock { $0.recorder = Recorder() }
        case ("DELETE", "/_state"): state.withLock { $0 = State() }
        case ("POST", "/_next"):
            guard let path = request.field("path"), let effect = request.field("effect").flatMap({ Effect($0) }) else {
                return .refused(400, "path=SUFFIX&effect=EFFECT, as fake-stripe --help lists them")
            }
            state.withLock { $0.effects.add(effect, path: path) }
        case ("POST", "/_settle"): return state.withLock { $0.payments.settle(request) }
        case ("POST", "/_webhook"):
            let object = state.withLock { $0.payments.object(named: request) }
            return WebhookSender(request, object: object).send()
        default: return .refused(404, "No such control. fake-stripe --help lists them.")
        }
        return Reply(200, .object([]))
    }
}
