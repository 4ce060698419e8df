extension JSONParser {
    /// Above this many members, or when a name is escaped, names are decoded and sorted.
    private static let mostComparedMembers = 32

    /// Throws at the earliest name that repeats one before it.
    ///
    /// Parsers differ in which of the two they believe, so a
    /// signed text could mean one thing here and another elsewhere.
    func refuseDuplicateNames(at object: Int, _ text: Span<UInt8>) throws(JSONError) {
        let count = Int(nodes[object].detail)
        guard count > 1 else { return }
        guard count <= Self.mostComparedMembers else { return try refuseDuplicateNamesBySorting(object, text) }
        // One bit per fingerprint, modulo 64: a clear bit proves the name new, and most bits are clear.
        var seen: UInt64 = 0
        var index = object + 1
        for _ in 0..<count {
            let name = nodes[index]
            if name.flags.contains(.escaped) { return try refuseDuplicateNamesBySorting(object, text) }
            let bit: UInt64 = 1 << UInt64(name.detail % 64)
            if seen & bit != 0, precedes(name, in: object, text) {
                throw JSONError(.duplicateName, at: Int(name.start))
            }
            seen |= bit
            index = Int(nodes[index + 1].next)
        }
    }

    /// Whether an earlier name of the object has the same text; neither is escaped.
    private func precedes(_ name: JSONNode, in object: Int, _ text: Span<UInt8>) -> Bool {
        var index = object + 1
        while nodes[index].start < name.start {
            let other = nodes[index]
            if other.detail == name.detail, text.extracting(name.text).hasSameBytes(as: text.extracting(other.text)) {
                return true
            }
            index = Int(nodes[index + 1].next)
        }
        return false
    }

    /// A sort has no worst case that a sender could aim for, as a hash table has.
    private func refuseDuplicateNamesBySorting(_ object: Int, _ text: Span<UInt8>) throws(JSONError) {
        var decoded: [UInt8] = []
        var names: [(start: Int, value: Range<Int>)] = []
        names.reserveCapacity(Int(nodes[object].detail))
        var index = object + 1
        while index < nodes.count {
            let name = nodes[index]
            let start = decoded.count
            text.extracting(name.content).appendUnescaped(to: &decoded)
            names.append((Int(name.start), start..<decoded.count))
            index = Int(nodes[index + 1].next)
        }
        names.sort { Self.order($0.value, $1.value, decoded.span) ?? ($0.start < $1.start) }
        var earliest: Int?
        for (one, next) in zip(names, names.dropFirst()) where Self.order(one.value, next.value, decoded.span) == nil {
            earliest = min(earliest ?? next.start, next.start)
        }
        if let earliest { throw JSONError(.duplicateName, at: earliest) }
    }

    /// Whether the first text sorts before the second, shorter ones first; nil when they are equal.
    private static func order(_ one: Range<Int>, _ other: Range<Int>, _ bytes: Span<UInt8>) -> Bool? {
        if one.count != other.count { return one.count < other.count }
        for (left, right) in zip(one, other) where bytes[left] != bytes[right] { return bytes[left] < bytes[right] }
        return nil
    }
}
