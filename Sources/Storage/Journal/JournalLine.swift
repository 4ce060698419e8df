import Payments

/// One line of a segment or a snapshot:
/// `{"crc":"73e23103","seq":812,"dur":810,"puts":[{"kind":"purchase","id":"…","doc":{…}},…]}` and a newline.
///
/// `crc` covers every byte after its own eight digits, the newline excepted, so that a line is checked without being
/// parsed. `dur` is the highest sequence number that was durable when the line was written: it tells damage from a
/// torn tail (Recovery.swift). A line without puts is a seal.
enum JournalLine {
    /// The most a line is longer than its puts: fixed text, two numbers of twenty digits, and the newline.
    static let overhead = 81
    /// Where the checksum's digits end and what they cover begins.
    private static let checksumEnd = 16

    /// Appends a whole line, its newline included. `puts` is a JSON array.
    static func append(
        _ puts: ArraySlice<UInt8>, sequence: SequenceNumber, durable: SequenceNumber, to buffer: inout [UInt8]
    ) {
        let start = buffer.count
        // Room is made once: each append to the array itself would ask for it, and whether the memory is shared.
        buffer.append(addingCapacity: puts.count + overhead) { line in
            line.append(text: #"{"crc":"00000000","seq":"#)
            line.append(decimal: sequence)
            line.append(text: #","dur":"#)
            line.append(decimal: durable)
            line.append(text: #","puts":"#)
            line.append(contentsOf: puts.span)
            line.append(text: "}")
        }
        seal(&buffer, from: start)
    }

    /// Fills in the checksum of the line that begins at `start`, and ends it.
    static func seal(_ buffer: inout [UInt8], from start: Int) {
        let checksum = CRC32C.checksum(buffer.span.extracting(droppingFirst: start + checksumEnd))
        for digit in 0..<8 {
            let nibble = UInt8(truncatingIfNeeded: checksum >> UInt32(28 - 4 * digit)) & 0xF
            buffer[start + 8 + digit] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
        }
        buffer.append(UInt8(ascii: "\n"))
    }

    /// Whether the line's checksum is there and right.
    static func isIntact(_ line: Span<UInt8>) -> Bool {
        var position = 0
        guard line.count > checksumEnd, line.skip(#"{"crc":""#, at: &position) else { return false }
        var checksum: UInt32 = 0
        while position < checksumEnd {
            switch line[position] {
            case let digit where digit >= UInt8(ascii: "0") && digit <= UInt8(ascii: "9"):
                checksum = checksum << 4 | UInt32(digit - UInt8(ascii: "0"))
            case let digit where digit >= UInt8(ascii: "a") && digit <= UInt8(ascii: "f"):
                checksum = checksum << 4 | UInt32(digit - UInt8(ascii: "a") + 10)
            default:
                return false
            }
            position += 1
        }
        return CRC32C.checksum(line.extracting(droppingFirst: checksumEnd)) == checksum
    }

    /// Reads an intact line up to its puts; nil when another program or a newer version wrote it.
    static func header(of line: Span<UInt8>) -> LineHeader? {
        var position = checksumEnd
        guard line.skip(#"","seq":"#, at: &position), let sequence = line.decimal(at: &position),
            line.skip(#","dur":"#, at: &position), let durable = line.decimal(at: &position),
            line.skip(#","puts":"#, at: &position)
        else { return nil }
        return LineHeader(sequence: sequence, durable: durable, putsStart: position)
    }

    /// What an intact line at the end of a damaged one calls durable: damage to a newline joins two lines, and the
    /// second may be the seal that proves the first.
    static func durable(inside line: Span<UInt8>) -> SequenceNumber {
        var durable: SequenceNumber = 0
        for start in line.indices.dropFirst() where line[start] == UInt8(ascii: "{") {
            let rest = line.extracting(droppingFirst: start)
            if isIntact(rest), let header = header(of: rest) { durable = max(durable, header.durable) }
        }
        return durable
    }

    /// Appends a snapshot's last line, which proves that the snapshot is whole.
    static func appendEnd(of lines: Int, sequence: SequenceNumber, to buffer: inout [UInt8]) {
        let start = buffer.count
        buffer.append(addingCapacity: overhead) { line in
            line.append(text: #"{"crc":"00000000","end":"#)
            line.append(decimal: UInt64(lines))
            line.append(text: #","seq":"#)
            line.append(decimal: sequence)
            line.append(text: "}")
        }
        seal(&buffer, from: start)
    }

    /// Reads an intact line as the end of a snapshot; nil when it is another kind of line.
    static func end(of line: Span<UInt8>) -> SnapshotEnd? {
        var position = checksumEnd
        guard line.skip(#"","end":"#, at: &position), let lines = line.decimal(at: &position),
            line.skip(#","seq":"#, at: &position), let sequence = line.decimal(at: &position),
            line.skip("}", at: &position), position == line.count
        else { return nil }
        return SnapshotEnd(lines: lines, sequence: sequence)
    }
}

/// What a line says before its documents.
struct LineHeader: Equatable {
    let sequence: SequenceNumber
    let durable: SequenceNumber
    /// The offset of the array's opening bracket in the line.
    let putsStart: Int

    /// Whether the line has no puts.
    func isSeal(in line: Span<UInt8>) -> Bool {
        putsStart + 1 < line.count && line[putsStart + 1] == UInt8(ascii: "]")
    }
}

/// What the last line of a snapshot says.
struct SnapshotEnd: Equatable {
    /// How many lines come before it.
    let lines: UInt64
    /// The last sequence number of the segment the snapshot follows.
    let sequence: SequenceNumber
}
