package import JSON

extension Merchant: Document {
    package static let kind = DocumentKind("merchant")

    package var id: DocumentID { key.id }
    package var key: DocumentKey { Merchant.key(merchantID) }

    package static func key(_ id: MerchantID) -> DocumentKey { DocumentKey(kind, DocumentID(id.text)) }

    private static let schemaVersion: Int64 = 1
    private static let known: [StaticString] = [
        "v", "id", "name", "live", "providers", "webhook", "keys", "created",
    ]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", Merchant.schemaVersion)
        writer.member("id", merchantID.text)
        writer.member("name", name)
        writer.member("live", allowsLive)
        writer.name("providers")
        writer.beginArray()
        for provider in providers { provider.write(to: &writer) }
        writer.endArray()
        if let webhook {
            writer.name("webhook")
            writer.beginObject()
            writer.member("url", webhook.url)
            writer.member("secret", webhook.secret.text)
            writer.endObject()
        }
        writer.name("keys")
        writer.beginArray()
        for key in keys {
            writer.beginObject()
            writer.member("name", key.name)
            writer.member("id", key.document.text)
            writer.endObject()
        }
        writer.endArray()
        writer.member("created", created)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "merchant")
        var providers: [ProviderConfiguration] = []
        for element in try fields.array("providers") { providers.append(try ProviderConfiguration(element)) }
        var keys: [KeyName] = []
        for element in try fields.array("keys") {
            let key = StoredFields(element, of: "merchant's key")
            keys.append(KeyName(name: try key.string("name"), document: DocumentID(try key.string("id"))))
        }
        var webhook: Webhook?
        if let object = fields["webhook"] {
            let members = StoredFields(object, of: "merchant's webhook")
            webhook = Webhook(url: try members.string("url"), secret: try members.sealed("secret"))
        }
        self.init(
            id: MerchantID(try fields.string("id")), name: try fields.string("name"),
            allowsLive: try fields.flag("live"), providers: providers, webhook: webhook, keys: keys,
            created: try fields.integer("created"), unknown: UnknownMember.members(of: json, except: Merchant.known))
    }
}
