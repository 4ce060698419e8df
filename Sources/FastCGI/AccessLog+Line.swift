extension AccessLog {
    /// Appends the line of an answered request: `name=value` pairs and a newline.
    ///
    /// Values that come from outside cannot end the line or forge a pair: all but plain characters are escaped, and
    /// such a value stands in quotes.
    ///
    /// - Parameter request: nil when it could not be understood.
    static func appendLine(
        of request: Request?, _ response: Response, bytes: Int, durationNanoseconds: UInt64, to buffer: inout [UInt8]
    ) {
        let note = response.note
        buffer.append(text: "method=")
        buffer.append(text: request?.method ?? "-")
        buffer.append(text: " route=")
        buffer.append(logText: note.route.isEmpty ? "-" : note.route)
        buffer.append(text: " status=")
        buffer.append(decimal: response.status)
        buffer.append(text: " us=")
        buffer.append(decimal: Int(clamping: durationNanoseconds / 1000))
        buffer.append(text: " bytes=")
        buffer.append(decimal: bytes)
        if let keyName = note.keyName {
            buffer.append(text: " key=")
            buffer.append(logText: keyName)
        }
        if let scheme = note.scheme {
            buffer.append(text: " scheme=")
            buffer.append(logText: scheme)
        }
        if let subject = note.subject {
            buffer.append(text: " subject=")
            buffer.append(logText: subject)
        }
        if let decision = note.decision {
            buffer.append(text: " decision=")
            buffer.append(logText: decision)
        }
        if let reason = note.reason {
            buffer.append(text: " reason=")
            buffer.append(logText: reason)
        }
        if let id = request?.parameters.value("REQUEST_ID") {
            buffer.append(text: " request=")
            buffer.append(logBytes: id.span)
        }
        if let trace = request?.traceID {
            buffer.append(text: " trace=")
            buffer.append(trace.span)
        }
        buffer.append(UInt8(ascii: "\n"))
    }
}

extension [UInt8] {
    fileprivate mutating func append(logText text: String) {
        append(logBytes: text.utf8.span)
    }

    /// Nearly every value is plain: it is copied first, and looked at where it lies.
    fileprivate mutating func append(logBytes bytes: Span<UInt8>) {
        let start = count
        append(bytes)
        for index in start..<count where !Self.isPlain(self[index]) { return escape(from: start) }
        if count == start { append(text: "\"\"") }
    }

    private mutating func escape(from start: Int) {
        let raw = Array(self[start...])
        removeSubrange(start...)
        append(UInt8(ascii: "\""))
        for byte in raw {
            if Self.isPlain(byte) || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "=") {
                append(byte)
            } else {
                append(text: "\\x")
                append(Self.hexDigit(byte >> 4))
                append(Self.hexDigit(byte & 15))
            }
        }
        append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            && byte != UInt8(ascii: "=")
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
