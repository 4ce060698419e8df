import JSON
import Payments

/// Where one document stands in a line: offsets into the line's bytes.
struct Put {
    let kind: Range<Int>
    let id: Range<Int>
    /// Whether the id is written with escapes, so that its bytes are not those of the text.
    let isEscaped: Bool
    /// The document itself, a JSON object.
    let document: Range<Int>
    /// All of the put, braces included.
    let whole: Range<Int>

    /// Calls `body` for each put of an intact line; false when the line is not of the form we write.
    static func forEach(in line: Span<UInt8>, from putsStart: Int, _ body: (Put) -> Void) -> Bool {
        var position = putsStart
        guard line.skip("[", at: &position) else { return false }
        if line.skip("]}", at: &position) { return position == line.count }
        repeat {
            guard let put = Put(in: line, at: &position) else { return false }
            body(put)
        } while line.skip(",", at: &position)
        return line.skip("]}", at: &position) && position == line.count
    }

    private init?(in line: Span<UInt8>, at position: inout Int) {
        let start = position
        var isKindEscaped = false
        var isEscaped = false
        guard line.skip(#"{"kind":""#, at: &position),
            let kind = line.string(at: &position, isEscaped: &isKindEscaped), !isKindEscaped,
            line.skip(#","id":""#, at: &position),
            let id = line.string(at: &position, isEscaped: &isEscaped),
            line.skip(#","doc":"#, at: &position),
            let document = line.object(at: &position),
            line.skip("}", at: &position)
        else { return nil }
        self.kind = kind
        self.id = id
        self.isEscaped = isEscaped
        self.document = document
        whole = start..<position
    }

    /// The document's key as the index knows it.
    func fingerprint(in line: Span<UInt8>) -> Fingerprint {
        guard isEscaped else { return Fingerprint(kind: line.extracting(kind), id: line.extracting(id)) }
        let id = Array(text(in: line).utf8)
        return Fingerprint(kind: line.extracting(kind), id: id.span)
    }

    /// The document's id.
    func text(in line: Span<UInt8>) -> String {
        let plain = String(decoding: line.array(id), as: UTF8.self)
        guard isEscaped else { return plain }
        // Our writer made the literal, and the checksum held: the fallback is never taken, and would find nothing.
        let literal = Array("\"\(plain)\"".utf8)
        return (try? JSONDocument(parsing: literal))?.root.string ?? plain
    }
}

extension Span<UInt8> {
    func array(_ range: Range<Int>) -> [UInt8] {
        let part = extracting(range)
        return unsafe part.withUnsafeBufferPointer { unsafe Array($0) }
    }
}
