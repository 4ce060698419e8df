package import JSON

/// Something that is remembered for a time and then let go, stored under a digest.
package protocol ShelvedRecord: Sendable {
    /// Of the shelf it stands on.
    static var kind: DocumentKind { get }
    /// Lower-case hexadecimal digits, evenly spread.
    var digest: String { get }
    init(json: JSONValue) throws(DocumentError)
    func write(to writer: inout JSONWriter)
}

/// Those of the records of a kind whose digests begin alike, in one document.
///
/// The store has no deletion, and needs none: a journal's documents are replaced as a whole. So what has an end stands in
/// one of 4096 documents, and leaves it when that is written next. There are never more documents than that, and their
/// newest versions, which are what snapshots hold, keep nothing that was let go of.
package struct Shelf<Record: ShelvedRecord>: Sendable {
    private let name: String
    package private(set) var records: [Record]
    let unknown: [UnknownMember]

    /// How many digits digests share on a shelf: 16 to the power of 3 shelves.
    private static var digits: Int { 3 }
    /// More than this on one shelf are millions in all, which nobody sends who means well.
    static var limit: Int { 500 }

    /// - Parameter digest: of a record that belongs on it.
    init(for digest: String, _ records: [Record] = [], unknown: [UnknownMember] = []) {
        name = String(digest.prefix(Shelf.digits))
        self.records = records
        self.unknown = unknown
    }

    package static func key(_ digest: String) -> DocumentKey {
        DocumentKey(Record.kind, DocumentID(String(digest.prefix(digits))))
    }

    func record(_ digest: String) -> Record? {
        records.first { $0.digest.hasSameBytes(as: digest) }
    }

    /// Takes the record in the place of the one with its digest, and lets go of those that are over.
    ///
    /// - Throws: `overloaded` when there is no room for another one.
    mutating func put(_ record: Record, dropping isOver: (Record) -> Bool) throws(PaymentError) {
        let kept = records.filter { !$0.digest.hasSameBytes(as: record.digest) && !isOver($0) }
        guard kept.count < Shelf.limit else {
            throw PaymentError(.overloaded, "Too many connections were begun lately. Try again later.")
        }
        records = kept + [record]
    }
}

extension Shelf: Document {
    package static var kind: DocumentKind { Record.kind }

    package var id: DocumentID { DocumentID(name) }

    private static var schemaVersion: Int64 { 1 }
    private static var known: [StaticString] { ["v", "shelf", "records"] }

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", Shelf.schemaVersion)
        writer.member("shelf", name)
        writer.name("records")
        writer.beginArray()
        for record in records { record.write(to: &writer) }
        writer.endArray()
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    package init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "Stripe shelf")
        var records: [Record] = []
        for element in try fields.array("records") { records.append(try Record(json: element)) }
        self.init(
            for: try fields.string("shelf"), records,
            unknown: UnknownMember.members(of: json, except: Shelf.known))
    }
}

extension Transaction {
    mutating func shelved<Record: ShelvedRecord>(
        _ type: Record.Type, _ digest: String
    ) throws(PaymentError) -> Record? {
        try get(Shelf<Record>.self, Shelf<Record>.key(digest))?.record(digest)
    }

    /// - Throws: `overloaded` when its shelf is full.
    mutating func shelve<Record: ShelvedRecord>(
        _ record: Record, dropping isOver: (Record, inout Transaction) -> Bool
    ) throws(PaymentError) {
        var shelf = try get(Shelf<Record>.self, Shelf<Record>.key(record.digest)) ?? Shelf(for: record.digest)
        try shelf.put(record) { isOver($0, &self) }
        put(shelf)
    }
}
