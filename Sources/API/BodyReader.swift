import FastCGI
import JSON
import Payments

/// Reads a request's body as one JSON object.
enum BodyReader {
    /// - Throws: `unreadable`: what is wrong with the JSON and at which byte.
    static func object(of request: Request, in family: ErrorFamily) throws(PaymentError) -> WireObject {
        if family == .guide {
            guard let contentType = request.headerBytes("CONTENT_TYPE"), isJSON(contentType) else {
                throw PaymentError(.invalid, "Request must be JSON")
            }
        }
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: request.body)
        } catch {
            throw .unreadable("body", error.message)
        }
        guard document.root.kind == .object else { throw .unreadable("body", "must be a JSON object") }
        return WireObject(document.root)
    }

    /// As Flask's `is_json`: `application/json` or `application/…+json`, with or without parameters. Only the guide's
    /// route asks: a signed body is what it is, whatever its label.
    private static func isJSON(_ contentType: ArraySlice<UInt8>) -> Bool {
        if contentType.span.hasSameBytes(as: "application/json") { return true }
        let text = String(decoding: contentType, as: UTF8.self)
        let media = text.prefix { $0 != ";" }.lowercased().utf8.filter { $0 != 0x20 && $0 != 0x09 }
        return media.elementsEqual("application/json".utf8)
            || (media.starts(with: "application/".utf8) && media.suffix(5).elementsEqual("+json".utf8))
    }
}
