extension Request {
    /// The trace the caller's request belongs to: the second part of `traceparent` (W3C Trace Context, section 3.2), 32
    /// hexadecimal digits; nil when there is none of that form.
    var traceID: ArraySlice<UInt8>? {
        guard let value = parameters.value("HTTP_TRACEPARENT"), value.count >= 55 else { return nil }
        let id = value.dropFirst(3).prefix(32)
        let dash = UInt8(ascii: "-")
        guard value[value.startIndex + 2] == dash, value[id.endIndex] == dash, id.allSatisfy(Self.isHexDigit),
            id.contains(where: { $0 != UInt8(ascii: "0") })
        else { return nil }
        return id
    }

    /// The specification allows lower case only.
    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}
