import JSON

extension Grant {
    /// Writes `"name":[{"id":…,"quantity":…},…]`, or nothing when the list is empty.
    static func write(_ grants: [Grant], as name: StaticString, to writer: inout JSONWriter) {
        if grants.isEmpty { return }
        writer.name(name)
        writer.beginArray()
        let grants = grants.span
        for index in grants.indices {
            writer.beginObject()
            writer.member("id", grants[index].item.text)
            writer.member("quantity", grants[index].quantity)
            writer.endObject()
        }
        writer.endArray()
    }

    static func list(_ name: StaticString, in fields: StoredFields) throws(DocumentError) -> [Grant] {
        guard fields[name] != nil else { return [] }
        var grants: [Grant] = []
        for element in try fields.array(name) {
            let grant = StoredFields(element, of: "grant")
            grants.append(Grant(item: ItemID(try grant.string("id")), quantity: try grant.integer("quantity")))
        }
        return grants
    }
}
