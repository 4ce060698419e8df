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
        buffer.append(text: "method=")
        buffer.append(text: request?.method ?? "-")
        buffer.append(pair: " route=", response.note.route.isEmpty ? "-" : response.note.route)
        buffer.append(pair: " status=", response.status)
        buffer.append(pair: " us=", Int(clamping: durationNanoseconds / 1000))
        buffer.append(pair: " bytes=", bytes)
        if let keyName = response.note.keyName { buffer.append(pair: " key=", keyName) }
        if let scheme = response.note.scheme { buffer.append(pair: " scheme=", scheme) }
        if let subject = response.note.subject { buffer.append(pair: " subject=", subject) }
        if let decision = response.note.decision { buffer.append(pair: " decision=", decision) }
        if let reason = response.note.reason { buffer.append(pair: " reason=", reason) }
        if let parameters = request?.parameters, let id = parameters.entry("REQUEST_ID") {
            buffer.append(pair: " request=", parameters.bytes.span.extracting(id.value))
        }
        if let trace = request?.traceID {
            buffer.append(text: " trace=")
            buffer.append(trace.span)
        }
        buffer.append(UInt8(ascii: "\n"))
    }
}

extension [UInt8] {
    fileprivate mutating func append(pair name: StaticString, _ number: Int) {
        append(addingCapacity: name.utf8CodeUnitCount + OutputSpan<UInt8>.decimalLength) { output in
            output.append(text: name)
            output.append(decimal: number)
        }
    }

    fileprivate mutating func append(pair name: StaticString, _ text: String) {
        append(pair: name, text.utf8.span)
    }

    /// Nearly every value is plain: it is copied first, and escaped where it lies when it is not.
    fileprivate mutating func append(pair name: StaticString, _ value: Span<UInt8>) {
        append(addingCapacity: name.utf8CodeUnitCount + value.count) { output in
            output.append(text: name)
            output.append(bytes: value)
        }
        if !Self.isPlain(value) { escape(from: count - value.count) }
        if value.isEmpty { append(text: "\"\"") }
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

    private static func isPlain(_ value: Span<UInt8>) -> Bool {
        guard value.count >= 8 else { return value.indices.allSatisfy { isPlain(value[$0]) } }
        var index = 0
        while index < value.count {
            // The last step looks at bytes again that the step before it has seen.
            index = Swift.min(index, value.count - 8)
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
