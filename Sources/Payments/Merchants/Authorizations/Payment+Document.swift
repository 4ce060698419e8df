package import JSON

extension Payment: Document {
    package static let kind = DocumentKind("payment")

    package var id: DocumentID { key.id }
    package var key: DocumentKey { Payment.key(paymentID) }

    package static func key(_ id: PaymentID) -> DocumentKey { DocumentKey(kind, DocumentID(id.text)) }

    private static let schemaVersion: Int64 = 1
    private static let known: [StaticString] = [
        "v", "id", "merchant", "alias", "mode", "provider", "account", "providerAlias", "method", "amount", "currency",
        "reason", "purchase", "customer", "operations", "expires", "cancelled", "refunded",
        "page",
    ]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", Payment.schemaVersion)
        writer.member("id", paymentID.text)
        writer.member("merchant", merchant.text)
        writer.member("alias", alias.text)
        writer.member("mode", mode.rawValue)
        writer.member("provider", provider.rawValue)
        writer.member("account", ifPresent: account?.text)
        writer.member("providerAlias", providerAlias)
        writer.member("method", method.rawValue)
        writer.members(amount)
        writer.member("reason", purpose.reason)
        writer.member("purchase", ifPresent: purpose.purchase)
        writer.member("customer", ifPresent: purpose.customer)
        writer.name("operations")
        writer.beginArray()
        for operation in operations { operation.write(to: &writer) }
        writer.endArray()
        writer.member("expires", ifPresent: expires)
        writer.member("cancelled", ifPresent: cancelled)
        writer.member("refunded", ifPresent: refundedTotal)
        writer.member("page", ifPresent: page)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "payment")
        var operations: [PaymentOperation] = []
        for element in try fields.array("operations") { operations.append(try PaymentOperation(element)) }
        let purpose = PaymentPurpose(
            reason: try fields.string("reason"), purchase: try fields.optionalString("purchase"),
            customer: try fields.optionalString("customer"))
        self.init(
            id: PaymentID(try fields.string("id")), merchant: MerchantID(try fields.string("merchant")),
            alias: AliasID(try fields.string("alias")), mode: try fields.value("mode"),
            provider: try fields.value("provider"),
            account: try fields.optionalString("account").map { DocumentID($0) },
            providerAlias: try fields.string("providerAlias"), method: try fields.value("method"),
            amount: try fields.money(), purpose: purpose, operations: operations,
            unknown: UnknownMember.members(of: json, except: Payment.known))
        expires = try fields.optionalInteger("expires")
        cancelled = try fields.optionalInteger("cancelled")
        refundedTotal = try fields.optionalInteger("refunded")
        page = try fields.optionalInteger("page")
    }
}

extension PaymentOperation {
    private static let known: [StaticString] = [
        "action", "state", "amount", "currency", "reason", "providerID", "message", "idempotencyKey", "record",
        "started", "settled", "source",
    ]

    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("action", action.rawValue)
        writer.member("state", state.rawValue)
        writer.members(amount)
        writer.member("reason", ifPresent: reason)
        writer.member("providerID", ifPresent: providerID?.text)
        writer.member("message", ifPresent: message)
        writer.member("idempotencyKey", ifPresent: idempotencyKey)
        writer.member("record", ifPresent: record?.text)
        writer.member("started", started)
        writer.member("settled", ifPresent: settled)
        writer.member("source", source.rawValue)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    fileprivate init(_ json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "payment's operation")
        self.init(
            action: try fields.value("action"), state: try fields.value("state"), amount: try fields.money(),
            reason: try fields.optionalString("reason"),
            providerID: try fields.optionalString("providerID").map { ProviderTransactionID($0) },
            message: try fields.optionalString("message"),
            idempotencyKey: try fields.optionalString("idempotencyKey"),
            record: try fields.optionalString("record").map { DocumentID($0) }, started: try fields.integer("started"),
            settled: try fields.optionalInteger("settled"), source: try fields.value("source"),
            unknown: UnknownMember.members(of: json, except: PaymentOperation.known))
    }
}
