extension AccessLog {
    /// What an answered request's line says: `name=value` pairs and a newline.
    ///
    /// Values that come from outside cannot end the line or forge a pair: all but plain characters are escaped, and
    /// such a value stands in quotes.
    struct Line {
        private let request: Request?
        private let kept: Response.Kept
        private let status: Int
        private let bytes: Int
        private let microseconds: Int

        /// - Parameter request: nil when it could not be understood.
        init(_ request: Request?, _ response: Response, bytes: Int, durationNanoseconds: UInt64) {
            self.request = request
            kept = response.kept
            status = response.status
            self.bytes = bytes
            microseconds = Int(clamping: durationNanoseconds / 1000)
        }

        /// In one piece: there is room for all of it before the first byte is written.
        func append(to lines: inout [UInt8]) {
            let parameters = request?.parameters
            let id = parameters?.entry("REQUEST_ID")?.value
            let trace = request?.traceID
            let text =
                (request?.method.utf8.count ?? 0) + kept.note.textLength + (id?.count ?? 0) + (trace?.count ?? 0)
            lines.append(addingCapacity: Self.fixedLength + OutputSpan<UInt8>.mostPerByte * text) { line in
                line.append(text: "method=")
                line.append(text: request?.method ?? "-")
                line.append(pair: " route=", kept.note.route.isEmpty ? "-" : kept.note.route)
                line.append(pair: " status=", status)
                line.append(pair: " us=", microseconds)
                line.append(pair: " bytes=", bytes)
                if let keyName = kept.note.keyName { line.append(pair: " key=", keyName) }
                if let scheme = kept.note.scheme { line.append(pair: " scheme=", scheme) }
                if let subject = kept.note.subject { line.append(pair: " subject=", subject) }
                if let decision = kept.note.decision { line.append(pair: " decision=", decision) }
                if let reason = kept.note.reason { line.append(pair: " reason=", reason) }
                if let id, let parameters { line.append(pair: " request=", parameters.bytes.span.extracting(id)) }
                if let trace { line.append(pair: " trace=", trace.span) }
                line.append(UInt8(ascii: "\n"))
            }
        }

        /// More than all names, numbers and quotes together.
        private static let fixedLength = 256
    }
}

extension OutputSpan where Element == UInt8 {
    /// The longest form of a byte, `\x1b`.
    fileprivate static let mostPerByte = 4

    @inline(__always) fileprivate mutating func append(pair name: StaticString, _ number: Int) {
        append(text: name)
        append(decimal: number)
    }

    @inline(__always) fileprivate mutating func append(pair name: StaticString, _ text: String) {
        append(pair: name, text.utf8.span)
    }

    fileprivate mutating func append(pair name: StaticString, _ value: Span<UInt8>) {
        append(text: name)
        if !value.isEmpty, Self.isPlain(value) { append(bytes: value) } else { append(quoted: value) }
    }

    private mutating func append(quoted value: Span<UInt8>) {
        append(UInt8(ascii: "\""))
        for index in value.indices {
            let byte = value[index]
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

    private static func isPlain(_ value: Span<UInt8>) -> Bool {
        value.isFree { word in
            ByteWord.below(0x21, word) | ByteWord.aboveTilde(word) | ByteWord.equal(to: UInt8(ascii: "\""), word)
                | ByteWord.equal(to: UInt8(ascii: "\\"), word) | ByteWord.equal(to: UInt8(ascii: "="), word)
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            && byte != UInt8(ascii: "=")
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
