package import JSON

/// What a merchant's idempotency key was first used for. It is written before the provider is called and kept for ever;
/// its name is a digest, as merchants choose the keys and may put anything in them.
///
/// Whether the request is in flight or done stands in the payment's operation: a repetition is answered from there.
package struct IdempotencyRecord: Sendable {
    package let id: DocumentID
    /// Of everything that makes two requests the same.
    package let fingerprint: String
    /// The payment's id, or the alias's.
    package let subject: String
    /// Which of the payment's operations.
    package let operation: Int
    /// Nothing happened, so the key may be used again, also for another request.
    package internal(set) var isReleased = false
    /// Milliseconds since the Unix epoch.
    package let created: Int64
    let unknown: [UnknownMember]

    /// Keys for payments and for aliases are apart: the one come from servers, the other from clients.
    enum Scope: String {
        case payment, alias
    }

    init(document: DocumentID, fingerprint: String, subject: String, operation: Int = 0, created: Int64) {
        id = document
        self.fingerprint = fingerprint
        self.subject = subject
        self.operation = operation
        self.created = created
        unknown = []
    }

    static func key(_ merchant: MerchantID, _ scope: Scope, _ key: String, _ digests: Digests) -> DocumentKey {
        DocumentKey(kind, DocumentID("\(merchant)/\(scope.rawValue)/\(digests.name(of: [key]))"))
    }

    /// - Throws: 3021 when the key was used for another request.
    func checkSame(_ fingerprint: String) throws(PaymentError) {
        guard fingerprint.hasSameBytes(as: self.fingerprint) else { throw .merchant(.idempotencyViolation) }
    }
}

extension IdempotencyRecord: Document {
    package static let kind = DocumentKind("idempotency")

    private static let schemaVersion: Int64 = 1
    private static let known: [StaticString] = [
        "v", "id", "fingerprint", "subject", "operation", "released", "created",
    ]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", IdempotencyRecord.schemaVersion)
        writer.member("id", id.text)
        writer.member("fingerprint", fingerprint)
        writer.member("subject", subject)
        writer.member("operation", Int64(operation))
        writer.member("released", isReleased)
        writer.member("created", created)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "idempotency record")
        id = DocumentID(try fields.string("id"))
        fingerprint = try fields.string("fingerprint")
        subject = try fields.string("subject")
        operation = Int(try fields.unsigned("operation"))
        isReleased = try fields.flag("released")
        created = try fields.integer("created")
        unknown = UnknownMember.members(of: json, except: IdempotencyRecord.known)
    }
}
