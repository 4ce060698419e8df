import JSON

/// What the sandbox provider remembers of an operation it was asked for, by idempotency key: its own memory, apart from
/// the payments', as a real provider's is.
struct SandboxOperation: Document {
    static let kind = DocumentKind("sandbox-operation")

    let id: DocumentID
    /// What makes a second request with the same key another request.
    let parameters: String
    let unknown: [UnknownMember]

    init(_ operation: ProviderOperation) {
        id = SandboxOperation.key(operation).id
        parameters = SandboxOperation.parameters(of: operation)
        unknown = []
    }

    static func key(_ operation: ProviderOperation) -> DocumentKey {
        DocumentKey(kind, DocumentID(operation.idempotencyKey))
    }

    static func parameters(of operation: ProviderOperation) -> String {
        let parts = [
            operation.action.rawValue, operation.reference, "\(operation.amount.minorUnits)", operation.amount.currency,
            operation.providerAlias, operation.original?.text ?? "",
        ]
        return parts.joined(separator: " ")
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", 1 as Int64)
        writer.member("id", id.text)
        writer.member("parameters", parameters)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "sandbox operation")
        id = DocumentID(try fields.string("id"))
        parameters = try fields.string("parameters")
        unknown = UnknownMember.members(of: json, except: ["v", "id", "parameters"])
    }
}
