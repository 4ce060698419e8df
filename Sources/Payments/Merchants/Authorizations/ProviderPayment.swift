import JSON

/// Which payment of ours a provider's id belongs to.
struct ProviderPayment: Document {
    static let kind = DocumentKind("provider-payment")

    let id: DocumentID
    let payment: PaymentID
    let unknown: [UnknownMember]

    init(_ id: DocumentID, payment: PaymentID) {
        self.id = id
        self.payment = payment
        unknown = []
    }

    /// Ids are unique within a connected account, or else within a merchant's use of a provider.
    static func key(_ payment: Payment, _ id: ProviderTransactionID) -> DocumentKey {
        key(payment.provider, payment.account?.text ?? payment.merchant.text, id)
    }

    static func key(_ provider: ProviderType, _ owner: String, _ id: ProviderTransactionID) -> DocumentKey {
        DocumentKey(kind, DocumentID("\(provider.rawValue)/\(owner)/\(id)"))
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", 1 as Int64)
        writer.member("id", id.text)
        writer.member("payment", payment.text)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "provider payment")
        id = DocumentID(try fields.string("id"))
        payment = PaymentID(try fields.string("payment"))
        unknown = UnknownMember.members(of: json, except: ["v", "id", "payment"])
    }
}
