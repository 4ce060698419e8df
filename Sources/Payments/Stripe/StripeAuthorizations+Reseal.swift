/// What a rotation of the sealing key found.
package struct StripeResealing: Sendable, Equatable {
    /// Documents whose secrets are sealed with the current key now.
    package var resealed = 0
    /// Documents that need nothing: sealed with the current key before, or without secrets.
    package var untouched = 0
    /// Documents that cannot be opened, as the keys they name are not configured or they were changed.
    package var failed: [DocumentKey] = []
}

extension StripeAuthorizations {
    /// The name of the key everything is sealed with from now on.
    package var currentSealingKey: String { sealing.currentKey }

    /// Seals every stored token and account id anew with the current key, one document at a time. May be repeated.
    ///
    /// - Returns: once all of it is durable. An old key may be removed when nothing failed.
    package func reseal() throws(PaymentError) -> StripeResealing {
        var result = StripeResealing()
        var accounts: [String] = try ledger().deauthorizations
        for authorization in try authorizations() {
            try reseal(DocumentKey(StripeAuthorization.kind, authorization.id), &result) {
                transaction throws(PaymentError) in try self.resealTokens(authorization.number, &transaction)
            }
            if authorization.state == .present { accounts.append(authorization.account) }
        }
        var seen: Set<DocumentID> = []
        for digest in accounts where seen.insert(DocumentID(digest)).inserted {
            try reseal(DocumentKey(StripeAccount.kind, DocumentID(digest)), &result) {
                transaction throws(PaymentError) in try self.resealAccount(digest, &transaction)
            }
        }
        return result
    }

    /// One document; what keeps it from being opened is counted, what keeps the store from working is thrown.
    private func reseal(
        _ key: DocumentKey, _ result: inout StripeResealing,
        _ body: (inout Transaction) throws(PaymentError) -> Resealed
    ) throws(PaymentError) {
        switch try record(reading: [key], body).result {
        case .made: result.resealed += 1
        case .unneeded: result.untouched += 1
        case .impossible: result.failed.append(key)
        }
    }

    private enum Resealed {
        case made, unneeded, impossible
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
        guard let secret, !secret.key.hasSameBytes(as: sealing.currentKey) else { return .success(secret) }
        do throws(PaymentError) {
            return .success(try sealing.seal(try sealing.open(secret, for: place), for: place))
        } catch {
            return .failure(error)
        }
    }
}
