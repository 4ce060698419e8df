/// Stripe Connect's OAuth, as the domain calls it (contracts: Stripe authorization, section 3).
///
/// Neither call is ever repeated by an implementation once the request may have left the machine: Stripe revokes the
/// connection of a code that is used twice.
package protocol StripeConnect: Sendable {
    /// Exchanges the code Stripe gave an organiser for the account's credentials. Blocks.
    func exchange(code: String) -> StripeExchange
    /// Ends the platform's access to an account. Blocks. "Not connected" is `done`.
    func deauthorize(account: StripeAccountID) -> StripeDeauthorization
}

package enum StripeAccountOwner: Sendable {}
/// A connected account, `acct_…`.
package typealias StripeAccountID = ID<StripeAccountOwner>

/// What Stripe answers to an exchange (section 3.4), before it is sealed.
package struct StripeCredentials: Sendable {
    package var account: StripeAccountID
    package var isLive: Bool
    package var scope: String?
    /// Deprecated by Stripe, and left out of newer answers.
    package var accessToken: [UInt8]?
    package var refreshToken: [UInt8]?
    package var publishableKey: String?

    package init(account: StripeAccountID, isLive: Bool) {
        self.account = account
        self.isLive = isLive
    }
}

/// What became of an exchange. Sentences are short, printable and free of secrets.
package enum StripeExchange: Sendable {
    case connected(StripeCredentials)
    /// Stripe said no: its `error_description`, or its `error` where it gave none (D1, F6).
    case refused(String)
    /// Stripe does not believe the platform's own key (F7).
    case platformRefused
    /// Stripe asks for patience (F5). The code is not spent.
    case tooManyAttempts
    /// The request certainly never left this machine: no connection, no name, no trusted certificate (F1).
    case unreachable
    /// It may have arrived, and nobody knows whether the code is spent (F2: no answer in time).
    case timedOut
    /// It may have arrived; what came back cannot be used: nothing, HTML, too much, or no account id (F3, F4, F8, F9).
    case unusableAnswer
}

package enum StripeDeauthorization: Sendable {
    case done
    /// A sentence for the log.
    case failed(String)
}
