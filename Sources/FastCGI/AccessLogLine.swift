/// What is known of a request when its answer has been written.
struct AccessLogLine {
    /// Nil when the request could not be understood.
    var request: Request?
    var note: ResponseNote
    var status: Int
    var bytes: Int
    var durationNanoseconds: UInt64

    /// Appends `name=value` pairs and a newline. Values that come from outside cannot end the line or forge a pair:
    /// all but plain characters are escaped, and such a value stands in quotes.
    func write(to buffer: inout [UInt8], prefix: StaticString) {
        buffer.append(text: prefix)
        buffer.append(text: "method=")
        buffer.append(text: request?.method ?? "-")
        buffer.append(text: " route=")
        buffer.append(logText: note.route.isEmpty ? "-" : note.route)
        buffer.append(text: " status=")
        buffer.append(decimal: status)
        buffer.append(text: " us=")
        buffer.append(decimal: durationNanoseconds / 1000)
        buffer.append(text: " bytes=")
        buffer.append(decimal: bytes)
        if let keyName = note.keyName {
            buffer.append(text: " key=")
            buffer.append(logText: keyName)
        }
        if let subject = note.subject {
            buffer.append(text: " subject=")
            buffer.append(logText: subject)
        }
        if let id = request?.parameters.value("REQUEST_ID") {
            buffer.append(text: " request=")
            buffer.append(logBytes: id)
        }
        buffer.append(UInt8(ascii: "\n"))
    }
}

extension [UInt8] {
    fileprivate mutating func append(logText text: String) {
        append(logBytes: text.utf8)
    }

    fileprivate mutating func append(logBytes bytes: some Collection<UInt8>) {
        guard bytes.isEmpty || !bytes.allSatisfy(Self.isPlain) else { return append(contentsOf: bytes) }
        append(UInt8(ascii: "\""))
        for byte in bytes {
            if Self.isPlain(byte) || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "=") {
                append(byte)
            } else {
                append(text: "\\x")
                append(hexDigit(byte >> 4))
                append(hexDigit(byte & 15))
            }
        }
        append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            && byte != UInt8(ascii: "=")
    }

    private func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
