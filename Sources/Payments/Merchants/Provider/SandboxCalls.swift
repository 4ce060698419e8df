package import JSON

/// How often the sandbox provider was called, for tests and operators. Repetitions count as well.
package struct SandboxCalls: Sendable, Equatable {
    package internal(set) var authorize: Int64 = 0
    package internal(set) var preauthorize: Int64 = 0
    package internal(set) var capture: Int64 = 0
    package internal(set) var reverse: Int64 = 0
    package internal(set) var refund: Int64 = 0
    /// Look-ups move no money; they are counted apart.
    package internal(set) var lookUp: Int64 = 0
    let unknown: [UnknownMember]

    package init() {
        unknown = []
    }

    mutating func count(_ action: ProviderAction) {
        switch action {
        case .authorize: authorize += 1
        case .preauthorize: preauthorize += 1
        case .capture: capture += 1
        case .reverse: reverse += 1
        case .refund: refund += 1
        }
    }
}

extension SandboxCalls: Document {
    package static let kind = DocumentKind("sandbox-calls")
    /// There is one.
    package static let documentID = DocumentID("all")

    package var id: DocumentID { SandboxCalls.documentID }

    private static let known: [StaticString] = [
        "v", "authorize", "preauthorize", "capture", "reverse", "refund", "lookUp",
    ]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", 1 as Int64)
        writer.member("authorize", authorize)
        writer.member("preauthorize", preauthorize)
        writer.member("capture", capture)
        writer.member("reverse", reverse)
        writer.member("refund", refund)
        writer.member("lookUp", lookUp)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "sandbox calls")
        authorize = try fields.integer("authorize")
        preauthorize = try fields.integer("preauthorize")
        capture = try fields.integer("capture")
        reverse = try fields.integer("reverse")
        refund = try fields.integer("refund")
        lookUp = try fields.integer("lookUp")
        unknown = UnknownMember.members(of: json, except: SandboxCalls.known)
    }
}
