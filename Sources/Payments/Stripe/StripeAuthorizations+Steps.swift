/// What the service's methods have in common.
extension StripeAuthorizations {
    /// How long a call waits for another one's exchange, in all.
    static let patienceMilliseconds = 5000
    private static let pauseMilliseconds = 20
    /// How often a result that must not be lost is offered to a full queue.
    private static let offers = 200

    /// Repeats a transaction while its body answers nil (somebody else's exchange is under way), for some seconds.
    ///
    /// - Throws: what `body` throws, and `exchangeInProgress` when patience ends.
    func patiently<Result>(
        reading keys: [DocumentKey], _ body: (inout Transaction) throws(PaymentError) -> Result?
    ) throws(PaymentError) -> Committed<Result> {
        var patience = StripeAuthorizations.patienceMilliseconds
        while true {
            let committed = try repository.transaction(reading: keys, body)
            if let result = committed.result { return Committed(result: result, sequence: committed.sequence) }
            guard patience > 0 else { throw .exchangeInProgress }
            patience -= StripeAuthorizations.pauseMilliseconds
            surroundings.pause(StripeAuthorizations.pauseMilliseconds)
        }
    }

    /// Makes what happened at Stripe durable, also when the journal's queue is full for a moment.
    func record<Result>(
        reading keys: [DocumentKey], _ body: (inout Transaction) throws(PaymentError) -> Result
    ) throws(PaymentError) -> Committed<Result> {
        var offers = StripeAuthorizations.offers
        while true {
            do throws(PaymentError) {
                let committed = try repository.transaction(reading: keys, body)
                try repository.waitUntilDurable(committed.sequence)
                return committed
            } catch  where error.code == .overloaded && offers > 0 {
                offers -= 1
                surroundings.pause(StripeAuthorizations.pauseMilliseconds)
            }
        }
    }

    func isUnderWay(_ digest: String?, _ transaction: inout Transaction) throws(PaymentError) -> Bool {
        guard let digest, let code = try transaction.stripeCode(digest) else { return false }
        return isUnderWay(code)
    }

    /// An event that this user may connect.
    ///
    /// - Throws: `forbiddenRole`, `eventNotFound`, `stripeDisabled`.
    func payableEvent(
        _ event: EventID, for user: UserID, _ settings: StripeAuthorizationSettings
    ) throws(PaymentError) -> OrganizedEvent {
        guard settings.events.access(of: user, to: event) == .manage else { throw .forbiddenRole }
        guard let event = settings.events.event(event) else { throw .eventNotFound(event.description) }
        guard event.canPayByStripe else { throw .stripeDisabled }
        return event
    }

    /// The present authorization a request names, if the user may do that with it.
    func find(
        _ reference: StripeAuthorizationReference, for user: UserID, to access: EventDirectory.Access,
        _ settings: StripeAuthorizationSettings, _ transaction: inout Transaction
    ) throws(PaymentError) -> StripeAuthorization {
        switch reference {
        case .id(let number):
            guard let authorization = try transaction.stripeAuthorization(number), authorization.state == .present,
                authorization.isLive == settings.isLive
            else { throw .authorizationNotFound }
            try permit(access, to: authorization.event, for: user, settings)
            return authorization
        case .event(let reference):
            let event = try eventID(reference, settings)
            // Whether an unknown event has one is no secret: it has none, unless it vanished and an admin cleans up.
            if settings.events.event(event) != nil { try permit(access, to: event, for: user, settings) }
            guard let authorization = try present(event, settings, &transaction) else {
                throw .noAuthorization(of: event)
            }
            guard settings.events.access(of: user, to: event) != .none else { throw .noAuthorization(of: event) }
            return authorization
        }
    }

    /// The present authorization of an event.
    func present(
        _ event: EventID, _ settings: StripeAuthorizationSettings, _ transaction: inout Transaction
    ) throws(PaymentError) -> StripeAuthorization? {
        guard let number = try transaction.stripeLink(event, isLive: settings.isLive).authorization else {
            return nil
        }
        return try transaction.stripeAuthorization(number)
    }

    func eventID(
        _ reference: EventReference, _ settings: StripeAuthorizationSettings
    ) throws(PaymentError) -> EventID {
        switch reference {
        case .id(let id): return id
        case .identifier(let identifier):
            guard let event = settings.events.event(reference) else { throw .unknownIdentifier(identifier) }
            return event.id
        }
    }

    /// Tells the operator when `body` refuses because the platform's keys are missing.
    func reportingMissingPlatform<Result>(
        for event: EventID, _ body: () throws(PaymentError) -> Result
    ) throws(PaymentError) -> Result {
        do throws(PaymentError) {
            return try body()
        } catch {
            if error.code == .connection(.platformNotConfigured) { surroundings.report(.platformMissing(event)) }
            throw error
        }
    }

    func linked(
        _ authorization: StripeAuthorization, _ settings: StripeAuthorizationSettings
    ) -> LinkedStripe {
        LinkedStripe(
            id: authorization.number, event: authorization.event,
            publishableKey: authorization.publishableKey ?? settings.platform?.publishableKey)
    }

    private func permit(
        _ access: EventDirectory.Access, to event: EventID, for user: UserID, _ settings: StripeAuthorizationSettings
    ) throws(PaymentError) {
        switch (access, settings.events.access(of: user, to: event)) {
        case (.none, _), (_, .manage), (.read, .read): return
        case (.manage, _): throw .forbiddenRole
        case (.read, _): throw .forbiddenReader
        }
    }
}
