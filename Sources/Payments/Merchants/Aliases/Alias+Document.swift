package import JSON

extension Alias: Document {
    package static let kind = DocumentKind("alias")

    package var id: DocumentID { key.id }
    package var key: DocumentKey { Alias.key(aliasID) }

    package static func key(_ id: AliasID) -> DocumentKey { DocumentKey(kind, DocumentID(id.text)) }

    private static let schemaVersion: Int64 = 1
    private static let known: [StaticString] = [
        "v", "id", "merchant", "provider", "mode", "providerAlias", "method", "cardMask", "cardExpiry", "cardType",
        "accountMask", "country", "active", "userAgent", "created",
    ]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", Alias.schemaVersion)
        writer.member("id", aliasID.text)
        writer.member("merchant", merchant.text)
        writer.member("provider", provider.rawValue)
        writer.member("mode", mode.rawValue)
        writer.member("providerAlias", ifPresent: providerAlias)
        writer.member("method", ifPresent: details?.method.rawValue)
        writer.member("cardMask", ifPresent: details?.cardMask)
        writer.member("cardExpiry", ifPresent: details?.cardExpiry)
        writer.member("cardType", ifPresent: details?.cardType)
        writer.member("accountMask", ifPresent: details?.accountMask)
        writer.member("country", ifPresent: details?.country)
        writer.member("active", isActive)
        writer.member("userAgent", ifPresent: userAgent)
        writer.member("created", created)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "alias")
        var details: AliasDetails?
        if let method: PaymentMethod = try fields.optionalValue("method") {
            var known = AliasDetails(method: method)
            known.cardMask = try fields.optionalString("cardMask")
            known.cardExpiry = try fields.optionalString("cardExpiry")
            known.cardType = try fields.optionalString("cardType")
            known.accountMask = try fields.optionalString("accountMask")
            known.country = try fields.optionalString("country")
            details = known
        }
        self.init(
            id: AliasID(try fields.string("id")), merchant: MerchantID(try fields.string("merchant")),
            provider: try fields.value("provider"), mode: try fields.value("mode"),
            providerAlias: try fields.optionalString("providerAlias"), details: details,
            isActive: try fields.flag("active"), userAgent: try fields.optionalString("userAgent"),
            created: try fields.integer("created"), unknown: UnknownMember.members(of: json, except: Alias.known))
    }
}
