/// A request as people copy it out of a log or a debugger: header lines, an empty line, the body.
struct PastedRequest {
    private(set) var headers: [(name: String, value: String)] = []
    private(set) var body: [UInt8] = []

    /// - Throws: when there is no empty line, or a line before it is no header.
    init(_ text: [UInt8]) throws(CommandFailure) {
        var rest = text[...]
        var number = 0
        while true {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
                throw CommandFailure(
                    "There is no empty line between headers and body. Paste the header lines, an empty line, the body.")
            }
            var line = rest[rest.startIndex..<end]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            rest = rest[(end + 1)...]
            number += 1
            if line.isEmpty { break }
            let text = String(decoding: line, as: UTF8.self)
            if let colon = text.firstIndex(of: ":") {
                let name = text[..<colon].lowercased()
                headers.append((name, String(text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" })))
            } else if number > 1 {
                // The first may be the request line.
                throw CommandFailure("Line \(number) is no header: write \"name: value\".")
            }
        }
        body = Array(rest)
    }

    /// All values of a header, given in lower case.
    func values(_ name: String) -> [String] {
        headers.filter { $0.name.utf8.elementsEqual(name.utf8) }.map(\.value)
    }
}
