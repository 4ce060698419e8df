/// What Stripe does with `Idempotency-Key` (section 4.5). Keys are per account.
struct IdempotencyKeys: Sendable {
    private enum Use {
        case inFlight(parameters: [UInt8])
        case done(parameters: [UInt8], Reply)
    }

    private var uses: [String: Use] = [:]

    /// - Returns: the answer when the request must not be carried out; nil when it begins now.
    mutating func begin(_ place: String, _ request: FakeRequest) -> Reply? {
        let parameters = Array(request.path.utf8) + [0] + request.body
        guard let use = uses[place] else {
            uses[place] = .inFlight(parameters: parameters)
            return nil
        }
        switch use {
        case .inFlight:
            return .api(
                409, type: "idempotency_error", code: "idempotency_key_in_use",
                "There is currently another in-progress request using this idempotency key.")
        case .done(parameters, var reply):
            reply.headers.append(("Idempotent-Replayed", "true"))
            // How the first answer was lost is not repeated.
            return reply.delivered(.send)
        case .done:
            let key = request.header("idempotency-key") ?? ""
            return .api(
                400, type: "idempotency_error",
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                    + "Try using a key other than '\(key)' if you meant to execute a different request.")
        }
    }

    mutating func finish(_ place: String, _ reply: Reply) {
        guard reply.isKept, case .inFlight(let parameters) = uses[place] else {
            uses[place] = nil
            return
        }
        uses[place] = .done(parameters: parameters, reply)
    }
}
