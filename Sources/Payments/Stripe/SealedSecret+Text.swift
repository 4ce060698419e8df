import JSON

extension SealedSecret {
    /// The key's name, a colon, and the bytes as hexadecimal digits: one member of a document.
    var text: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            digits.append(SealedSecret.digit(byte >> 4))
            digits.append(SealedSecret.digit(byte & 0xF))
        }
        return "\(key):\(String(decoding: digits, as: UTF8.self))"
    }

    /// - Returns: nil for what `text` cannot have written.
    init?(text: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in text.utf8[text.utf8.index(after: colon)...] {
            guard let value = SealedSecret.value(digit) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        guard high == nil else { return nil }
        self.init(key: String(text[..<colon]), bytes: bytes)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + (value - 10)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension StoredFields {
    func optionalSealed(_ name: StaticString) throws(DocumentError) -> SealedSecret? {
        guard let text = try optionalString(name) else { return nil }
        guard let secret = SealedSecret(text: text) else { throw fault(name) }
        return secret
    }

    func flag(_ name: StaticString) throws(DocumentError) -> Bool {
        guard let value = self[name]?.boolean else { throw fault(name) }
        return value
    }

    func numericID<Owner>(_ name: StaticString) throws(DocumentError) -> NumericID<Owner> {
        NumericID(try integer(name))
    }

    func optionalNumericID<Owner>(_ name: StaticString) throws(DocumentError) -> NumericID<Owner>? {
        try optionalInteger(name).map { NumericID($0) }
    }

    func strings(_ name: StaticString) throws(DocumentError) -> [String] {
        var strings: [String] = []
        for element in try array(name) {
            guard let text = element.string else { throw fault(name) }
            strings.append(text)
        }
        return strings
    }
}

extension JSONWriter {
    mutating func member(_ name: StaticString, listing texts: [String]) {
        self.name(name)
        beginArray()
        for text in texts { string(text) }
        endArray()
    }
}
