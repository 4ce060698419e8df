extension StripeAuthorizations {
    private static let deauthorized = "account.application.deauthorized"
    /// Stripe's event ids have some 30 bytes.
    private static let eventIDLimit = 255
    /// So many authorizations are dropped in one transaction: they are one journal line.
    private static let batch = 100

    /// Applies a verified webhook event, once: `account.application.deauthorized` drops every authorization of the
    /// account. An event of another type changes nothing and is not remembered.
    ///
    /// - Throws: `invalid` for an id that cannot be one.
    package func receive(_ event: StripeWebhookEvent) throws(PaymentError) -> Committed<StripeWebhookResult> {
        guard !event.id.isEmpty, event.id.utf8.count <= StripeAuthorizations.eventIDLimit else {
            throw .invalid("id", "is not an event's id")
        }
        guard event.type.hasSameBytes(as: StripeAuthorizations.deauthorized), let account = event.account else {
            return Committed(result: .ignored, sequence: 0)
        }
        let digest = surroundings.digest(of: StripeAccount.name(account, isLive: event.isLive))
        var dropped: [StripeAuthorization] = []
        while true {
            let round = try repository.transaction { transaction throws(PaymentError) in
                try self.drop(digest, event, &transaction)
            }
            dropped += round.result.dropped
            guard !round.result.isLast else {
                for authorization in dropped {
                    surroundings.report(.disconnected(authorization.event, authorization.number))
                }
                let isRepeated = round.result.isRepeated && dropped.isEmpty
                return Committed(
                    result: isRepeated ? .repeated : .applied(dropped: dropped.count), sequence: round.sequence)
            }
        }
    }

    private struct Round {
        var dropped: [StripeAuthorization] = []
        var isLast = true
        var isRepeated = false
    }

    private func drop(
        _ digest: String, _ event: StripeWebhookEvent, _ transaction: inout Transaction
    ) throws(PaymentError) -> Round {
        let now = surroundings.clock.milliseconds()
        let record = StripeWebhookRecord(
            digest: surroundings.digest(of: event.id), event: event.id, received: now)
        guard try transaction.shelved(StripeWebhookRecord.self, record.digest) == nil else {
            return Round(isRepeated: true)
        }
        guard var account = try transaction.stripeAccount(digest) else {
            try transaction.shelve(record)
            return Round()
        }
        var round = Round()
        for number in account.authorizations {
            guard round.dropped.count < StripeAuthorizations.batch else {
                round.isLast = false
                break
            }
            guard var authorization = try transaction.stripeAuthorization(number),
                !isNewer(authorization, than: event, account)
            else { continue }
            authorization.end(.disconnected, now: now)
            var link = try transaction.stripeLink(authorization.event, isLive: authorization.isLive)
            if link.authorization == number { link.authorization = nil }
            account.remove(number)
            transaction.put(authorization)
            transaction.put(link)
            round.dropped.append(authorization)
        }
        if account.authorizations.isEmpty {
            account.sealedID = nil
            account.deauthorization = nil
            var ledger = try transaction.stripeLedger()
            ledger.close(deauthorization: digest)
            transaction.put(ledger)
        }
        transaction.put(account)
        if round.isLast { try transaction.shelve(record) }
        return round
    }

    /// Whether the event is the echo of our own deauthorization, and the account was connected again after it.
    private func isNewer(
        _ authorization: StripeAuthorization, than event: StripeWebhookEvent, _ account: StripeAccount
    ) -> Bool {
        guard let deauthorized = account.deauthorized, let created = event.created else { return false }
        let (happened, overflow) = created.multipliedReportingOverflow(by: 1000)
        let (distance, isFar) = happened.subtractingReportingOverflow(deauthorized)
        guard !overflow, !isFar, (-60_000...60_000).contains(distance) else { return false }
        return authorization.history.connected > deauthorized && authorization.history.connected > happened
    }
}
