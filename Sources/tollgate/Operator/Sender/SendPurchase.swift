import JSON
import Payments

/// What is sent about one transaction: the same purchase in every call of it.
struct SendPurchase: Sendable {
    let transaction: String
    let player: String
    let order: Order
    /// The alias that `authorize` charges.
    let alias: String
    /// Whose calls these are; nil for a key that is not configured.
    let shop: Shop?

    /// - Parameter now: milliseconds since the Unix epoch.
    func body(_ operation: SendOperation, now: Int64) -> [UInt8] {
        var writer = JSONWriter(reserving: 512)
        writer.beginObject()
        switch operation {
        case .register: writeStash(&writer) { writeItems("registrations", &$0) }
        case .confirm:
            writeStash(&writer) { writer in
                writer.member("tax", Int64(order.tax))
                writer.member("total", Int64(order.total ?? 0))
                // protobuf writes 64-bit numbers as strings.
                writer.member("timeMillis", String(now))
                writeItems("items", &writer)
            }
        case .cancel: writeStash(&writer) { _ in }
        case .purchase: writePurchase(&writer)
        case .authorize: writeAuthorization(&writer)
        }
        writer.endObject()
        return writer.bytes
    }

    private func writeStash(_ writer: inout JSONWriter, _ rest: (inout JSONWriter) -> Void) {
        writer.member("playerId", player)
        writer.member("transactionId", transaction)
        writer.member("currency", order.currency)
        if let shop {
            writer.member("shopId", shop.id.text)
            writer.member("environment", "PAYMENT_ENVIRONMENT_\(shop.environment.rawValue)")
        }
        rest(&writer)
    }

    private func writeItems(_ name: StaticString, _ writer: inout JSONWriter) {
        writer.name(name)
        writer.beginArray()
        for item in order.items {
            writer.beginObject()
            writer.member("productId", item.granted.text)
            writer.member("quantity", Int64(item.quantity))
            writer.member("cents", Int64(item.cents))
            writer.endObject()
        }
        writer.endArray()
    }

    private func writePurchase(_ writer: inout JSONWriter) {
        writer.member("transactionId", transaction)
        writer.name("items")
        writer.beginArray()
        for item in order.items {
            writer.beginObject()
            writer.member("id", item.granted.text)
            writer.member("quantity", Int64(item.quantity))
            writer.endObject()
        }
        writer.endArray()
    }

    private func writeAuthorization(_ writer: inout JSONWriter) {
        writer.member("aliasId", alias)
        writer.name("paymentData")
        writer.beginObject()
        writer.member("amount", Int64(order.total ?? 0))
        writer.member("currency", order.currency)
        writer.member("reason", "tollgate send")
        writer.endObject()
        writer.member("purchaseId", transaction)
        writer.member("customerId", player)
    }
}
