import Glibc

/// The FastCGI parameters of one request: a flat copy, so that nothing of libfcgi's memory is kept.
///
/// A look-up is a scan, which for some thirty names is quicker than building a dictionary. Names may appear twice
/// (two headers of the same name do); a look-up returns the first.
package struct Parameters: Sendable {
    /// Where `name=value` lies in `bytes`.
    struct Entry: Sendable {
        var start: Int
        var nameEnd: Int
        var end: Int

        var value: Range<Int> { nameEnd + 1..<end }
    }

    private(set) var bytes: [UInt8] = []
    private(set) var entries: [Entry] = []

    package init(_ pairs: [(String, String)]) {
        for (name, value) in pairs {
            let start = bytes.count
            bytes.append(text: name)
            let nameEnd = bytes.count
            bytes.append(UInt8(ascii: "="))
            bytes.append(text: value)
            entries.append(Entry(start: start, nameEnd: nameEnd, end: bytes.count))
        }
    }

    /// Copies a NULL-terminated array of `name=value` strings, as much of it as the limits allow.
    ///
    /// - Throws: `badRequest` when there is more.
    @unsafe init(copying environment: UnsafePointer<UnsafeMutablePointer<CChar>?>, limits: Limits) throws(Refusal) {
        entries.reserveCapacity(40)
        bytes.reserveCapacity(2048)
        var index = 0
        while let text = unsafe environment[index] {
            let length = unsafe strlen(text)
            guard index < limits.parameters else { throw .badRequest("The request has too many headers.") }
            guard bytes.count + length <= limits.parameterBytes else {
                throw .badRequest("The request's headers are too large.")
            }
            try unsafe append(UnsafeRawBufferPointer(start: text, count: length), limits)
            index += 1
        }
    }

    private mutating func append(_ text: UnsafeRawBufferPointer, _ limits: Limits) throws(Refusal) {
        guard let nameLength = unsafe text.firstIndex(of: UInt8(ascii: "=")) else { return }
        guard text.count - nameLength - 1 <= limits.valueBytes else {
            throw .badRequest("A header of the request is too large.")
        }
        let start = bytes.count
        unsafe bytes.append(contentsOf: text)
        entries.append(Entry(start: start, nameEnd: start + nameLength, end: bytes.count))
    }

    /// The bytes of the first parameter of that name, nil when there is none.
    func value(_ name: StaticString) -> ArraySlice<UInt8>? {
        guard let entry = entry(name) else { return nil }
        return bytes[entry.value]
    }

    func entry(_ name: StaticString) -> Entry? {
        let length = name.utf8CodeUnitCount
        return unsafe bytes.withUnsafeBytes { text -> Entry? in
            guard let base = text.baseAddress else { return nil }
            for entry in entries where entry.nameEnd - entry.start == length {
                if unsafe memcmp(base + entry.start, name.utf8Start, length) == 0 { return entry }
            }
            return nil
        }
    }

    func value(named name: String) -> ArraySlice<UInt8>? {
        let entry = entries.first { bytes[$0.start..<$0.nameEnd].elementsEqual(name.utf8) }
        return entry.map { bytes[$0.value] }
    }
}
