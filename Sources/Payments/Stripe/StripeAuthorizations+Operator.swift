/// For the operator's commands: what there is, and what needs somebody to look at it.
extension StripeAuthorizations {
    /// Every authorization there ever was, in the order of their numbers, the ended ones too.
    package func authorizations() throws(PaymentError) -> [StripeAuthorization] {
        var found: [StripeAuthorization] = []
        let last = try ledger().lastAuthorization
        var number: Int64 = 0
        while number < last {
            number += 1
            if let authorization = try authorization(StripeAuthorizationID(number)) { found.append(authorization) }
        }
        return found
    }

    /// One of them; nil when there never was one of that number.
    package func authorization(_ number: StripeAuthorizationID) throws(PaymentError) -> StripeAuthorization? {
        try repository.transaction { transaction throws(PaymentError) in
            try transaction.stripeAuthorization(number)
        }.result
    }

    /// An authorization's account; see `accountID`.
    package func account(of authorization: StripeAuthorization) throws(PaymentError) -> StripeAccount? {
        try account(authorization.account)
    }

    /// Exchanges whose end nobody knows: Stripe may have connected the account, and nothing of it is stored here. The
    /// organiser connects again with a new code; the operator may look at Stripe's dashboard, and settles it.
    package func unknownExchanges() throws(PaymentError) -> [StripeCode] {
        var unknown: [StripeCode] = []
        for digest in try ledger().exchanges {
            if let code = readable({ () throws(PaymentError) in try self.code(digest) }), hasUnknownEnd(code) {
                unknown.append(code)
            }
        }
        return unknown
    }

    /// Accounts that nothing uses, and that Stripe could not be told about yet.
    package func pendingDeauthorizations() throws(PaymentError) -> [StripeAccount] {
        var pending: [StripeAccount] = []
        for digest in try ledger().deauthorizations {
            if let account = readable({ () throws(PaymentError) in try self.account(digest) }) {
                pending.append(account)
            }
        }
        return pending
    }

    /// What of the two lists above cannot be read, and so is in neither; it keeps nobody from the rest.
    package func unreadable() throws(PaymentError) -> [DocumentKey] {
        let ledger = try ledger()
        let codes = ledger.exchanges.filter { digest in
            readable { () throws(PaymentError) in Committed(result: try self.code(digest), sequence: 0) } == nil
        }
        let accounts = ledger.deauthorizations.filter { digest in
            readable { () throws(PaymentError) in Committed(result: try self.account(digest), sequence: 0) } == nil
        }
        return codes.map { Shelf<StripeCode>.key($0) }
            + accounts.map { DocumentKey(StripeAccount.kind, DocumentID($0)) }
    }

    /// At the start of the service: every intent an earlier process left behind becomes unknown, and is reported.
    ///
    /// - Returns: how many there were.
    package func recover() throws(PaymentError) -> Int {
        let now = surroundings.clock.milliseconds()
        var count = 0
        for code in try unknownExchanges() where code.state == .started {
            _ = try record(reading: []) { transaction throws(PaymentError) in
                guard var code = try transaction.stripeCode(code.digest), self.hasUnknownEnd(code) else { return }
                code.end(.unknown, now: now)
                try transaction.put(code, now: now)
            }
            surroundings.report(.outcomeUnknown(code.event, exchange: code.digest))
            count += 1
        }
        return count
    }

    /// Takes an unknown exchange off the list. Its code is not sent again whatever happens.
    ///
    /// - Throws: `notFound` when there is no unknown exchange of that digest.
    package func settle(exchange digest: String) throws(PaymentError) -> Committed<StripeCode> {
        let now = surroundings.clock.milliseconds()
        return try repository.transaction { transaction throws(PaymentError) in
            guard var code = try transaction.stripeCode(digest), self.hasUnknownEnd(code) else {
                throw PaymentError(.notFound, "There is no such exchange, or its end is known.")
            }
            code.end(.settled, now: now)
            var ledger = try transaction.stripeLedger()
            ledger.close(exchange: digest)
            try transaction.put(code, now: now)
            transaction.put(ledger)
            return code
        }
    }

    /// Takes a pending deauthorization off the list: the operator did it in Stripe's dashboard.
    ///
    /// - Parameter authorization: the deleted one, as the notice names it.
    /// - Throws: `notFound` when none is pending for it.
    package func settle(
        deauthorizationOf authorization: StripeAuthorizationID
    ) throws(PaymentError) -> Committed<Void> {
        try repository.transaction { transaction throws(PaymentError) in
            var ledger = try transaction.stripeLedger()
            for digest in ledger.deauthorizations {
                // One that cannot be read must not keep the operator from the others.
                guard var account = try? transaction.stripeAccount(digest),
                    account.deauthorization?.authorization == authorization
                else { continue }
                account.deauthorization = nil
                account.sealedID = nil
                ledger.close(deauthorization: digest)
                transaction.put(account)
                transaction.put(ledger)
                return
            }
            throw PaymentError(.notFound, "No deauthorization is pending for that authorization.")
        }
    }

    func ledger() throws(PaymentError) -> StripeLedger {
        try repository.transaction { transaction throws(PaymentError) in try transaction.stripeLedger() }.result
    }

    func code(_ digest: String) throws(PaymentError) -> StripeCode? {
        try repository.transaction { transaction throws(PaymentError) in try transaction.stripeCode(digest) }.result
    }

    /// - Returns: nil when a record cannot be read, as one that a newer version wrote.
    func readable<Result>(_ read: () throws(PaymentError) -> Result) -> Result? {
        do throws(PaymentError) {
            return try read()
        } catch {
            return nil
        }
    }

    /// As above, for what may not be there.
    func readable<Result>(_ read: () throws(PaymentError) -> Result?) -> Result? {
        do throws(PaymentError) {
            return try read()
        } catch {
            return nil
        }
    }

    func account(_ digest: String) throws(PaymentError) -> StripeAccount? {
        try repository.transaction { transaction throws(PaymentError) in
            try transaction.stripeAccount(digest)
        }.result
    }

    private func hasUnknownEnd(_ code: StripeCode) -> Bool {
        switch code.state {
        case .unknown: true
        case .started: !isUnderWay(code)
        case .connected, .refused, .wrongMode, .notSent, .settled: false
        }
    }
}
