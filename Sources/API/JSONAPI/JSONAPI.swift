import JSON

/// What all documents of JSON:API 1.0 (https://jsonapi.org/format/1.0/) share.
enum JSONAPI {
    static let mediaType = "application/vnd.api+json"
}

extension JSONWriter {
    /// The top-level member `jsonapi`.
    mutating func jsonAPIVersion() {
        name("jsonapi")
        beginObject()
        member("version", "1.0")
        endObject()
    }

    /// A resource identifier: `type` and `id`.
    mutating func resourceIdentifier(_ type: StaticString, _ id: String) {
        beginObject()
        member("type", type)
        member("id", id)
        endObject()
    }
}
