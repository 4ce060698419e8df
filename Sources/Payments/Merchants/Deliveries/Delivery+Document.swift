package import JSON

extension Delivery: Document {
    package static let kind = DocumentKind("delivery")

    private static let schemaVersion: Int64 = 1
    private static let known: [StaticString] = [
        "v", "id", "merchant", "payment", "status", "action", "method", "amount", "currency", "reason", "created",
        "state", "attempts", "next", "lastAnswer", "page",
    ]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", Delivery.schemaVersion)
        writer.member("id", id.text)
        writer.member("merchant", merchant.text)
        writer.member("payment", news.payment.text)
        writer.member("status", news.status.rawValue)
        writer.member("action", news.action.rawValue)
        writer.member("method", news.method.rawValue)
        writer.members(news.amount)
        writer.member("reason", news.reason)
        writer.member("created", news.created)
        writer.member("state", state.rawValue)
        writer.member("attempts", Int64(attempts))
        writer.member("next", ifPresent: next)
        writer.member("lastAnswer", ifPresent: lastAnswer)
        writer.member("page", ifPresent: page)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "delivery")
        let news = News(
            payment: PaymentID(try fields.string("payment")), status: try fields.value("status"),
            action: try fields.value("action"), method: try fields.value("method"), amount: try fields.money(),
            reason: try fields.string("reason"), created: try fields.integer("created"))
        self.init(
            id: DocumentID(try fields.string("id")), merchant: MerchantID(try fields.string("merchant")), news: news,
            state: try fields.value("state"), attempts: Int(try fields.unsigned("attempts")),
            next: try fields.optionalInteger("next"), lastAnswer: try fields.optionalString("lastAnswer"),
            page: try fields.optionalInteger("page"), unknown: UnknownMember.members(of: json, except: Delivery.known))
    }

    /// What is sent: `{"notifications":[{…}]}`, one of them, the same bytes in every attempt.
    package var body: [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        writer.name("notifications")
        writer.beginArray()
        writer.beginObject()
        writer.member("transactionId", news.payment.text)
        writer.member("transactionStatus", news.status.rawValue)
        writer.member("transactionAction", news.action.rawValue)
        writer.member("paymentMethod", news.method.rawValue)
        writer.members(news.amount)
        writer.member("reason", news.reason)
        writer.member("notificationCreatedDate", Timestamp.text(news.created))
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
