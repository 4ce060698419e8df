import JSON

/// One error object (https://jsonapi.org/format/1.0/#error-objects).
struct JSONAPIErrorObject: Sendable {
    let status: Int
    /// nil: absent, where the original writes an empty string.
    let source: Source?
    let title: String
    let detail: String

    enum Source: Sendable {
        /// A JSON pointer into the request's document (RFC 6901), or empty as the original writes it.
        case pointer(String)
        /// A query parameter, or a parameter of the path.
        case parameter(String)
        /// The original's own member for "no place": `{"source": ""}`.
        case unnamed
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        // A string, as JSON:API demands; the original's raised errors hold a number.
        writer.member("status", "\(status)")
        if let source {
            writer.name("source")
            writer.beginObject()
            switch source {
            case .pointer(let pointer): writer.member("pointer", pointer)
            case .parameter(let name): writer.member("parameter", name)
            case .unnamed: writer.member("source", "")
            }
            writer.endObject()
        }
        writer.member("title", title)
        writer.member("detail", detail)
        writer.endObject()
    }
}
