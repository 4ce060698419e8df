/// A request as the fake reads it.
struct FakeRequest: Sendable {
    let method: String
    /// Without the query.
    let path: String
    /// Decoded, in the order received.
    let query: [Field]
    let fields: [Field]
    let body: [UInt8]
    private let headers: [(name: String, value: String)]

    struct Field: Sendable, Equatable {
        let name: String
        let value: String
    }

    /// - Returns: nil when this is no request of HTTP/1.
    init?(head: String, body: [UInt8]) {
        var lines = head.split(separator: "\r\n")
        guard !lines.isEmpty else { return nil }
        let words = lines.removeFirst().split(separator: " ")
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { return nil }
        method = String(words[0])
        let target = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(target[0])
        query = target.count > 1 ? FakeRequest.fields(Array(target[1].utf8)) : []
        fields = FakeRequest.fields(body)
        self.body = body
        headers = lines.compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (line[..<colon].lowercased(), String(value))
        }
    }

    /// - Parameter name: in lower case.
    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    func field(_ name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    func queryItem(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// The secret key, however it was sent in the header: Bearer, or the user of Basic.
    var bearer: String? {
        guard let value = header("authorization") else { return nil }
        if value.hasPrefix("Bearer ") { return String(value.dropFirst(7)) }
        guard value.hasPrefix("Basic "), let text = Base64.decode(String(value.dropFirst(6))) else { return nil }
        return text.split(separator: ":").first.map { String($0) }
    }

    /// `name[key]` fields as an object's members.
    func members(of name: String) -> [(String, Value)] {
        fields.compactMap { field in
            guard field.name.hasPrefix("\(name)["), field.name.hasSuffix("]") else { return nil }
            return (String(field.name.dropFirst(name.count + 1).dropLast()), .string(field.value))
        }
    }

    private static func fields(_ text: [UInt8]) -> [Field] {
        text.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return Field(name: decoded(parts[0]), value: parts.count > 1 ? decoded(parts[1]) : "")
        }
    }

    private static func decoded(_ text: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
