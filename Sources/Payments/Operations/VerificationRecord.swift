package import JSON

/// When somebody last had every byte of the state read, and what came of it: one document for the whole store.
package struct VerificationRecord: Sendable, Equatable {
    /// Milliseconds since the Unix epoch.
    package let at: Int64
    /// What was wrong; nil when nothing was.
    package let fault: String?
    /// Up to which record was read.
    package let lastSequence: SequenceNumber
    let unknown: [UnknownMember]

    package init(at: Int64, fault: String?, lastSequence: SequenceNumber) {
        self.init(at: at, fault: fault, lastSequence: lastSequence, unknown: [])
    }

    private init(at: Int64, fault: String?, lastSequence: SequenceNumber, unknown: [UnknownMember]) {
        self.at = at
        self.fault = fault
        self.lastSequence = lastSequence
        self.unknown = unknown
    }
}

extension VerificationRecord: Document {
    package static let kind = DocumentKind("verification")
    package static let only = DocumentKey(kind, DocumentID("last"))

    package var id: DocumentID { VerificationRecord.only.id }
    package var key: DocumentKey { VerificationRecord.only }

    private static let schemaVersion: Int64 = 1
    private static let known: [StaticString] = ["v", "at", "fault", "lastSequence"]

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", VerificationRecord.schemaVersion)
        writer.member("at", at)
        if let fault { writer.member("fault", fault) }
        writer.member("lastSequence", Int64(clamping: lastSequence))
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "verification")
        guard let last = SequenceNumber(exactly: try fields.integer("lastSequence")) else {
            throw fields.fault("lastSequence")
        }
        self.init(
            at: try fields.integer("at"), fault: try fields.optionalString("fault"), lastSequence: last,
            unknown: UnknownMember.members(of: json, except: VerificationRecord.known))
    }
}
