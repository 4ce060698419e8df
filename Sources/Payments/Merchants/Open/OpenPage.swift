import JSON

/// A page of an open list: some of the documents that somebody still has to look after, and when.
///
/// Pages form a chain, so that an empty one can leave it whatever its place.
struct OpenPage: Document {
    static let kind = DocumentKind("open-page")
    /// A page is written whole with each change: large pages would fill the journal, small ones are many to walk.
    static let capacity = 32

    let list: String
    let number: Int64
    /// 0 where there is none.
    var previous: Int64
    var next: Int64
    var entries: [Entry]
    let unknown: [UnknownMember]

    struct Entry: Sendable, Equatable {
        var id: DocumentID
        /// When to look after it, milliseconds since the Unix epoch.
        var due: Int64
    }

    init(
        list: String, number: Int64, previous: Int64, next: Int64 = 0, entries: [Entry] = [],
        unknown: [UnknownMember] = []
    ) {
        self.list = list
        self.number = number
        self.previous = previous
        self.next = next
        self.entries = entries
        self.unknown = unknown
    }

    var id: DocumentID { OpenPage.key(list, number).id }

    static func key(_ list: String, _ number: Int64) -> DocumentKey {
        DocumentKey(kind, DocumentID("\(list)/\(number)"))
    }

    private static let schemaVersion: Int64 = 1
    private static let known: [StaticString] = ["v", "list", "number", "previous", "next", "entries"]

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", OpenPage.schemaVersion)
        writer.member("list", list)
        writer.member("number", number)
        writer.member("previous", previous)
        writer.member("next", next)
        writer.name("entries")
        writer.beginArray()
        for entry in entries {
            writer.beginObject()
            writer.member("id", entry.id.text)
            writer.member("due", entry.due)
            writer.endObject()
        }
        writer.endArray()
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "open page")
        var entries: [Entry] = []
        for element in try fields.array("entries") {
            let entry = StoredFields(element, of: "open page's entry")
            entries.append(Entry(id: DocumentID(try entry.string("id")), due: try entry.integer("due")))
        }
        self.init(
            list: try fields.string("list"), number: try fields.integer("number"),
            previous: try fields.integer("previous"), next: try fields.integer("next"), entries: entries,
            unknown: UnknownMember.members(of: json, except: OpenPage.known))
    }
}
