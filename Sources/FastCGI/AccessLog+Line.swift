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
        guard value.count >= 8 else { return value.indices.allSatisfy { isPlain(value[$0]) } }
        var index = 0
        while index < value.count {
            // The last step looks at bytes again that the step before it has seen.
            index = min(index, value.count - 8)
            let word = unsafe value.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            if !isPlain(word: word) { return false }
            index += 8
        }
        return true
    }

    /// Eight bytes at once, as in S. E. Anderson's Bit Twiddling Hacks ("Determine if a word has a byte less than n").
    /// A carry or borrow only ever comes from a byte that is not plain itself.
    private static func isPlain(word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        func below(_ limit: UInt64, _ bytes: UInt64) -> UInt64 { (bytes &- ones &* limit) & ~bytes }
        func equal(_ byte: UInt8) -> UInt64 { below(1, word ^ (ones &* UInt64(byte))) }
        let strange =
            below(0x21, word) | (word &+ ones) | word | equal(UInt8(ascii: "\"")) | equal(UInt8(ascii: "\\"))
            | equal(UInt8(ascii: "="))
        return strange & tops == 0
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            && byte != UInt8(ascii: "=")
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
