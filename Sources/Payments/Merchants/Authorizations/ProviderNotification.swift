import JSON

/// What a provider tells by itself about a payment, read from its webhook after the signature was verified.
package struct ProviderNotification: Sendable {
    /// The provider's id of this piece of news: told twice, it counts once.
    package var event: String
    package var provider: ProviderType
    /// Test money or real money (`livemode`).
    package var mode: PaymentMode
    /// Whose payment it is at Stripe.
    package var account: StripeAccountID?
    /// Our id, where the provider sends back the metadata we gave.
    package var payment: PaymentID?
    /// The provider's id of the payment.
    package var providerID: ProviderTransactionID
    package var news: News

    package enum News: Sendable {
        /// A hold stands (`payment_intent.amount_capturable_updated`).
        case held(expires: Int64?)
        /// The money was taken (`payment_intent.succeeded`); the amount where it is stated.
        case paid(Money?)
        /// The attempt failed, and why (`payment_intent.payment_failed`).
        case failed(String)
        /// The payment was given up, by us, by an operator, or because a hold lapsed (`payment_intent.canceled`).
        case cancelled
        /// How much was refunded in all, in minor units (`charge.refunded`).
        case refunded(total: Int64)
        /// What became of one refund (`refund.updated`, `refund.failed`).
        case refund(Refund, ProviderOutcome)
        /// The customer's bank took money back (`charge.dispute.created`).
        case disputed(ProviderTransactionID, Money)
        /// It gave the money back (`charge.dispute.closed` as won).
        case disputeWon(ProviderTransactionID, Money)
    }

    /// A refund by the provider's id, and by the reference we gave it where the provider sends it back.
    package struct Refund: Sendable {
        package var id: ProviderTransactionID
        package var reference: String?

        package init(id: ProviderTransactionID, reference: String?) {
            self.id = id
            self.reference = reference
        }
    }

    package init(
        event: String, provider: ProviderType, mode: PaymentMode, account: StripeAccountID?, payment: PaymentID?,
        providerID: ProviderTransactionID, news: News
    ) {
        self.event = event
        self.provider = provider
        self.mode = mode
        self.account = account
        self.payment = payment
        self.providerID = providerID
        self.news = news
    }
}

/// What was done with a notification.
package enum NotificationVerdict: Sendable {
    case applied
    /// It was known already.
    case repeated
    /// No payment of ours: another system's, or one whose id is not recorded yet. Nothing was taken down, so that a
    /// repetition may still find it.
    case unknownPayment
}

/// An event of a provider that was applied.
struct ProviderEvent: Document {
    static let kind = DocumentKind("provider-event")

    let id: DocumentID
    let received: Int64
    let unknown: [UnknownMember]

    init(_ id: DocumentID, received: Int64) {
        self.id = id
        self.received = received
        unknown = []
    }

    static func key(_ notification: ProviderNotification) -> DocumentKey {
        DocumentKey(kind, DocumentID("\(notification.provider.rawValue)/\(notification.event)"))
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", 1 as Int64)
        writer.member("id", id.text)
        writer.member("received", received)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "provider event")
        id = DocumentID(try fields.string("id"))
        received = try fields.integer("received")
        unknown = UnknownMember.members(of: json, except: ["v", "id", "received"])
    }
}
