import API
import Logging
import Payments

/// Posts notifications to merchants, signed in the form of Standard Webhooks.
struct WebhookSender: DeliverySender {
    private let sealing: (any Sealing)?
    private let clock: Clock
    private let logger: Logger

    /// Standard Webhooks recommends 15 to 30 seconds.
    private static let timeoutMilliseconds = 15_000

    init(sealing: (any Sealing)?, clock: Clock, logger: Logger) {
        self.sealing = sealing
        self.clock = clock
        self.logger = logger
    }

    func send(_ message: DeliveryMessage) -> DeliveryAnswer {
        let answer = post(message)
        let (word, reason) =
            switch answer {
            case .accepted(let text): ("delivered", text)
            case .failed(let text): ("not delivered", text)
            }
        logger.info(
            "notification \(word)",
            metadata: ["delivery": "\(message.id)", "merchant": "\(message.merchant)", "answer": "\(reason)"])
        return answer
    }

    private func post(_ message: DeliveryMessage) -> DeliveryAnswer {
        guard let url = WebhookURL(message.url) else { return .failed("The address is not one we may call.") }
        guard let signature = signature(message) else { return .failed("The signing secret cannot be read.") }
        let timestamp = clock.milliseconds() / 1000
        let headers = [
            "webhook-id: \(message.id)", "webhook-timestamp: \(timestamp)",
            "webhook-signature: "
                + signature.header(id: message.id, timestamp: timestamp, body: message.body),
        ]
        do throws(CommandFailure) {
            // A connection of its own for each: there is nothing to keep between two merchants.
            let connection = try SendConnection(
                authorities: nil, timeoutMilliseconds: WebhookSender.timeoutMilliseconds, purpose: "webhooks")
            let answer = try connection.send(
                "POST", url.description, headers: headers.map { Array($0.utf8) }, body: message.body)
            let text = "HTTP \(answer.status)"
            return (200...299).contains(answer.status) ? .accepted(text) : .failed(text)
        } catch {
            return .failed(error.description)
        }
    }

    private func signature(_ message: DeliveryMessage) -> WebhookSignature? {
        // The sealing's own reason is for its log; the operator reads the sentence above.
        guard let sealing, let secret = try? sealing.open(message.secret, for: Merchant.webhookPlace(message.merchant))
        else { return nil }
        return WebhookSignature(secret: secret)
    }
}
