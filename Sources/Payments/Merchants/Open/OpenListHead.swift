import JSON

/// Where an open list begins and ends, and which of its pages can be used again.
struct OpenListHead: Document {
    static let kind = DocumentKind("open-list")

    let list: String
    /// Numbers of pages, 0 where there is none.
    var first: Int64 = 0
    var last: Int64 = 0
    /// The first of the pages that left the chain; they are chained by `next`.
    var free: Int64 = 0
    /// The highest number ever given to a page.
    var highest: Int64 = 0
    let unknown: [UnknownMember]

    init(list: String) {
        self.list = list
        unknown = []
    }

    var id: DocumentID { DocumentID(list) }

    private static let schemaVersion: Int64 = 1
    private static let known: [StaticString] = ["v", "list", "first", "last", "free", "highest"]

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("v", OpenListHead.schemaVersion)
        writer.member("list", list)
        writer.member("first", first)
        writer.member("last", last)
        writer.member("free", free)
        writer.member("highest", highest)
        UnknownMember.write(unknown, to: &writer)
        writer.endObject()
    }

    init(json: JSONValue) throws(DocumentError) {
        let fields = StoredFields(json, of: "open list")
        list = try fields.string("list")
        first = try fields.integer("first")
        last = try fields.integer("last")
        free = try fields.integer("free")
        highest = try fields.integer("highest")
        unknown = UnknownMember.members(of: json, except: OpenListHead.known)
    }
}
