/// Sends a notification to a merchant. Implemented where HTTP is; it signs in the Standard Webhooks form.
package protocol DeliverySender: Sendable {
    /// Blocks until the merchant answered or the time was up.
    func send(_ message: DeliveryMessage) -> DeliveryAnswer
}

/// One attempt.
package struct DeliveryMessage: Sendable {
    /// `webhook-id`.
    package let id: String
    package let merchant: MerchantID
    package let url: String
    /// Sealed for `Merchant.webhookPlace`.
    package let secret: SealedSecret
    package let body: [UInt8]
}

/// What came of an attempt. Sentences are short, printable and free of secrets: operators read them.
package enum DeliveryAnswer: Sendable {
    /// The merchant answered with a status from 200 to 299.
    case accepted(String)
    /// Anything else, or no answer.
    case failed(String)
}
