/// Finds the accounts that events connected; the authorizations are documents of their own.
package protocol StripeAccounts: Sendable {
    /// The account an event is connected with in that mode; nil where there is none, or not any more.
    func connected(
        _ event: EventID, isLive: Bool, in transaction: inout Transaction
    ) throws(PaymentError) -> ConnectedAccount?
    /// The id of an account; nil when nothing uses it any more.
    func id(of account: DocumentID, in transaction: inout Transaction) throws(PaymentError) -> StripeAccountID?
    /// Where an account is stored: a digest of its id, for account ids stand nowhere in clear.
    func document(_ account: StripeAccountID, isLive: Bool) -> DocumentID
}

/// A connected account as payments need it.
package struct ConnectedAccount: Sendable, Equatable {
    package let id: StripeAccountID
    package let digest: DocumentID
    package let publishableKey: String?

    package init(id: StripeAccountID, digest: DocumentID, publishableKey: String?) {
        self.id = id
        self.digest = digest
        self.publishableKey = publishableKey
    }
}

/// The accounts as the Stripe authorizations keep them.
package struct StoredStripeAccounts: StripeAccounts {
    private let sealing: any Sealing
    private let digests: Digests

    package init(sealing: any Sealing, digests: Digests) {
        self.sealing = sealing
        self.digests = digests
    }

    package func connected(
        _ event: EventID, isLive: Bool, in transaction: inout Transaction
    ) throws(PaymentError) -> ConnectedAccount? {
        guard let number = try transaction.stripeLink(event, isLive: isLive).authorization,
            let authorization = try transaction.stripeAuthorization(number), authorization.state == .present
        else { return nil }
        let digest = DocumentID(authorization.account)
        guard let id = try id(of: digest, in: &transaction) else { return nil }
        return ConnectedAccount(id: id, digest: digest, publishableKey: authorization.publishableKey)
    }

    package func id(
        of account: DocumentID, in transaction: inout Transaction
    ) throws(PaymentError) -> StripeAccountID? {
        guard let account = try transaction.stripeAccount(account.text), let sealed = account.sealedID else {
            return nil
        }
        return StripeAccountID(String(decoding: try sealing.open(sealed, for: account.place), as: UTF8.self))
    }

    package func document(_ account: StripeAccountID, isLive: Bool) -> DocumentID {
        DocumentID(Hexadecimal.text(digests.plain(Array(StripeAccount.name(account, isLive: isLive).utf8))))
    }
}
