extension StripeAuthorizations {
    /// Begins a connection in the browser: a new state, good for ten minutes, once, for this user and event.
    ///
    /// - Throws: `unknownIdentifier`, and as `create` before it looks at the code.
    package func connect(
        _ reference: EventReference, by user: UserID
    ) throws(PaymentError) -> Committed<StripeConnectStart> {
        let settings = settings()
        let event = try payableEvent(eventID(reference, settings), for: user, settings).id
        let state = surroundings.randomToken()
        let now = surroundings.clock.milliseconds()
        let (expires, overflow) = now.addingReportingOverflow(
            StripeConnectState.lifetimeMilliseconds)
        guard !overflow else { throw PaymentError(.unavailable, "The clock is wrong.") }
        let stored = StripeConnectState(
            digest: surroundings.digest(of: state), event: event, user: user, isLive: settings.isLive,
            expires: expires)
        return try reportingMissingPlatform(for: event) { () throws(PaymentError) in
            try repository.transaction { transaction throws(PaymentError) in
                guard try self.present(event, settings, &transaction) == nil else { throw .alreadyExists }
                guard let platform = settings.platform else { throw .platformNotConfigured }
                try transaction.shelve(stored, now: now)
                return StripeConnectStart(event: event, state: state, clientID: platform.clientID)
            }
        }
    }

    /// Ends it: consumes the state, durably, and only then exchanges the code. Blocks.
    ///
    /// - Parameter user: who is logged in, where the browser tells; must then be who began it.
    /// - Throws: `stateInvalid`; all that goes wrong after the state was good is part of the result.
    package func callback(
        state: String, by user: UserID?, answer: StripeCallbackAnswer
    ) throws(PaymentError) -> Committed<StripeCallbackResult> {
        let isLive = settings().isLive
        let now = surroundings.clock.milliseconds()
        let digest = surroundings.digest(of: state)
        let consumed = try repository.transaction { transaction throws(PaymentError) in
            guard var stored = try transaction.shelved(StripeConnectState.self, digest) else { throw .stateInvalid }
            try stored.consume(by: user, isLive: isLive, now: now)
            try transaction.shelve(stored, now: now)
            return stored
        }
        try repository.waitUntilDurable(consumed.sequence)
        let begun = consumed.result
        var sequence = consumed.sequence
        let outcome: StripeCallbackResult.Outcome
        switch answer {
        case .denied(let sentence): outcome = .denied(sentence)
        case .code(let code):
            do throws(PaymentError) {
                let created = try create(code: code, event: begun.event, by: begun.user)
                sequence = created.sequence
                outcome = .connected(created.result)
            } catch {
                sequence = max(sequence, error.sequence)
                outcome = .failed(error)
            }
        }
        return Committed(result: StripeCallbackResult(event: begun.event, outcome: outcome), sequence: sequence)
    }
}
