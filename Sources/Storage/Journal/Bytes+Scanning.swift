/// The few steps by which lines of our own writing are read without a JSON parser: 1 million of them in a second at
/// start. Only bytes whose checksum held come here.
extension Span<UInt8> {
    /// Steps over exactly that text; false, and no step, when something else stands there.
    func skip(_ text: StaticString, at position: inout Int) -> Bool {
        guard text.utf8CodeUnitCount <= count - position else { return false }
        let isEqual = text.withUTF8Buffer { expected in
            unsafe withUnsafeBufferPointer { bytes in
                unsafe expected.elementsEqual(bytes[position..<position + expected.count])
            }
        }
        if isEqual { position += text.utf8CodeUnitCount }
        return isEqual
    }

    /// Reads an unsigned number; nil when there is none or it does not fit.
    func decimal(at position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        let start = position
        while position < count, self[position] >= UInt8(ascii: "0"), self[position] <= UInt8(ascii: "9") {
            let (product, isTooBig) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = product.addingReportingOverflow(UInt64(self[position] - UInt8(ascii: "0")))
            guard !isTooBig, !overflows else { return nil }
            value = sum
            position += 1
        }
        return position > start ? value : nil
    }

    /// Steps over a string's content and its closing quote; `isEscaped` tells that the content is not the text itself.
    func string(at position: inout Int, isEscaped: inout Bool) -> Range<Int>? {
        let start = position
        while position < count {
            switch self[position] {
            case UInt8(ascii: "\""):
                position += 1
                return start..<position - 1
            case UInt8(ascii: "\\"):
                isEscaped = true
                position += 2
            default:
                position += 1
            }
        }
        return nil
    }

    /// Steps over a JSON object, its braces included.
    func object(at position: inout Int) -> Range<Int>? {
        guard position < count, self[position] == UInt8(ascii: "{") else { return nil }
        let start = position
        var depth = 0
        var ignored = false
        while position < count {
            let byte = self[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard string(at: &position, isEscaped: &ignored) != nil else { return nil }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return start..<position }
            default:
                break
            }
        }
        return nil
    }
}

/// How lines are written: where the caller has made room.
extension OutputSpan<UInt8> {
    mutating func append(text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: unsafe $0.span) }
    }

    mutating func append(contentsOf bytes: Span<UInt8>) {
        precondition(bytes.count <= freeCapacity, "the caller makes room")
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            let rest = UnsafeMutableRawBufferPointer(buffer.extracting(count...))
            unsafe bytes.withUnsafeBytes { unsafe rest.copyMemory(from: $0) }
            count += bytes.count
        }
    }

    mutating func append(decimal value: UInt64) {
        if value >= 10 { append(decimal: value / 10) }
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10))
    }
}
