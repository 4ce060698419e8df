extension StripeAuthorizations {
    /// Seals every stored token and account id anew with the current key, one document at a time. May be repeated.
    ///
    /// - Returns: once all of it is durable. An old key may be removed when nothing failed.
    package func reseal() throws(PaymentError) -> Resealing {
        var result = Resealing()
        let ledger = try ledger()
        var accounts = ledger.deauthorizations
        var number: Int64 = 0
        while number < ledger.lastAuthorization {
            number += 1
            let id = StripeAuthorizationID(number)
            try reseal(StripeAuthorization.self, StripeAuthorization.documentID(id), &result) {
                transaction throws(PaymentError) in try self.resealTokens(id, &transaction)
            }
            if let present = readable({ () throws(PaymentError) in try self.authorization(id) }),
                present.state == .present
            {
                accounts.append(present.account)
            }
        }
        var seen: Set<DocumentID> = []
        for digest in accounts where seen.insert(DocumentID(digest)).inserted {
            try reseal(StripeAccount.self, DocumentID(digest), &result) {
                transaction throws(PaymentError) in try self.resealAccount(digest, &transaction)
            }
        }
        return result
    }

    /// One document; what keeps it from being read or opened is counted, what keeps the store from working is thrown.
    private func reseal<D: Document>(
        _ type: D.Type, _ id: DocumentID, _ result: inout Resealing,
        _ body: (inout Transaction) throws(PaymentError) -> Resealed
    ) throws(PaymentError) {
        let key = DocumentKey(D.kind, id)
        let present = readable { () throws(PaymentError) in
            try repository.transaction { transaction throws(PaymentError) in try transaction.get(type, key) }
        }
        guard present != nil else { return result.add(.impossible, of: key) }
        result.add(try record(reading: [key], body).result, of: key)
    }

    private func resealTokens(
        _ number: StripeAuthorizationID, _ transaction: inout Transaction
    ) throws(PaymentError) -> Resealed {
        guard var authorization = try transaction.stripeAuthorization(number) else { return .unneeded }
        let access = reseal(authorization.accessToken, StripeAuthorization.place(number, .accessToken))
        let refresh = reseal(authorization.refreshToken, StripeAuthorization.place(number, .refreshToken))
        guard case .success(let access) = access, case .success(let refresh) = refresh else { return .impossible }
        guard access != authorization.accessToken || refresh != authorization.refreshToken else { return .unneeded }
        authorization.accessToken = access
        authorization.refreshToken = refresh
        transaction.put(authorization)
        return .made
    }

    private func resealAccount(
        _ digest: String, _ transaction: inout Transaction
    ) throws(PaymentError) -> Resealed {
        guard var account = try transaction.stripeAccount(digest) else { return .unneeded }
        guard case .success(let sealedID) = reseal(account.sealedID, account.place) else { return .impossible }
        guard sealedID != account.sealedID else { return .unneeded }
        account.sealedID = sealedID
        transaction.put(account)
        return .made
    }

    /// The same value when it needs nothing.
    private func reseal(_ secret: SealedSecret?, _ place: String) -> Result<SealedSecret?, PaymentError> {
        guard let secret else { return .success(nil) }
        do throws(PaymentError) {
            return .success(try sealing.renewed(secret, for: place))
        } catch {
            return .failure(error)
        }
    }
}
