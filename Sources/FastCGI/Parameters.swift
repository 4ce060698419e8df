import Glibc

/// The FastCGI parameters of one request: a flat copy, so that nothing of libfcgi's memory is kept.
///
/// A look-up is a scan, which for some thirty names is quicker than building a dictionary. Names may appear twice
/// (two headers of the same name do); a look-up returns the first.
package struct Parameters: Sendable {
    /// Where `name=value` lies in `bytes`.
    struct Entry: Sendable {
        private let start: UInt32
        private let nameEnd: UInt32
        private let end: UInt32

        init(start: Int, nameEnd: Int, end: Int) {
            self.start = UInt32(start)
            self.nameEnd = UInt32(nameEnd)
            self.end = UInt32(end)
        }

        var name: Range<Int> { Int(start)..<Int(nameEnd) }
        var nameLength: Int { Int(nameEnd - start) }
        var value: Range<Int> { Int(nameEnd) + 1..<Int(end) }
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
        var (count, length) = (0, 0)
        while let text = unsafe environment[count] {
            guard count < limits.parameters else { throw .badRequest("The request has too many headers.") }
            length += unsafe strlen(text)
            guard length <= limits.parameterBytes else {
                throw .badRequest("The request's headers are too large.")
            }
            count += 1
        }
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        try bytes.append(addingCapacity: length) { output throws(Refusal) in
            for index in 0..<count {
                guard let text = unsafe environment[index] else { break }
                let span = unsafe Span(_unsafeStart: UnsafePointer<UInt8>(OpaquePointer(text)), count: strlen(text))
                guard let entry = try Self.entry(of: span, at: output.count, limits) else { continue }
                entries.append(entry)
                output.append(bytes: span)
            }
        }
        self.entries = entries
    }

    /// Copies only what tells which route was asked for and which request it was, so that a refusal of the rest can be
    /// told in the route's own form. There is nothing in it that anybody could be taken for.
    ///
    /// - Throws: `badRequest` when one of these is too large itself.
    @unsafe init(naming environment: UnsafePointer<UnsafeMutablePointer<CChar>?>, limits: Limits) throws(Refusal) {
        var index = 0
        while let text = unsafe environment[index] {
            let entry = unsafe UnsafeRawBufferPointer(start: text, count: strlen(text))
            if unsafe Self.isNaming(entry) { try unsafe append(entry, limits) }
            index += 1
        }
    }

    private static func isNaming(_ text: UnsafeRawBufferPointer) -> Bool {
        let names: [StaticString] = ["REQUEST_METHOD=", "REQUEST_URI=", "REQUEST_ID=", "HTTP_TRACEPARENT="]
        return names.contains { name in
            name.withUTF8Buffer { name in unsafe text.starts(with: name) }
        }
    }

    private mutating func append(_ text: UnsafeRawBufferPointer, _ limits: Limits) throws(Refusal) {
        guard let entry = try Self.entry(of: unsafe text.bindMemory(to: UInt8.self).span, at: bytes.count, limits)
        else { return }
        entries.append(entry)
        unsafe bytes.append(contentsOf: text)
    }

    /// - Returns: nil for what is no `name=value`.
    @inline(__always) private static func entry(
        of text: Span<UInt8>, at start: Int, _ limits: Limits
    ) throws(Refusal) -> Entry? {
        guard let nameLength = text.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        guard text.count - nameLength - 1 <= limits.valueBytes else {
            throw .badRequest("A header of the request is too large.")
        }
        return Entry(start: start, nameEnd: start + nameLength, end: start + text.count)
    }

    /// The bytes of the first parameter of that name, nil when there is none.
    func value(_ name: StaticString) -> ArraySlice<UInt8>? {
        entry(name).map { bytes[$0.value] }
    }

    /// As above, for a name known only at run time.
    func value(named name: String) -> ArraySlice<UInt8>? {
        entry(named: name).map { bytes[$0.value] }
    }

    func entry(_ name: StaticString) -> Entry? {
        name.withUTF8Buffer { entry(unsafe $0.span) }
    }

    func entry(named name: String) -> Entry? {
        entry(name.utf8.span)
    }

    private func entry(_ name: Span<UInt8>) -> Entry? {
        let bytes = bytes.span
        let entries = entries.span
        for index in entries.indices where entries[index].nameLength == name.count {
            if name.isEqual(to: bytes.extracting(entries[index].name)) { return entries[index] }
        }
        return nil
    }
}
