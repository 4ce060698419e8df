import Glibc

/// Reads a file line by line through one buffer, which is all the memory it takes.
///
/// Blank lines are stepped over: they are the unwritten part of a segment. So are zeros between lines: when a power cut
/// interrupts the cutting of a segment, ext4 may have zeroed the rest of the last block and kept the old length.
struct LineReader {
    private let file: any File
    /// The present line is `buffer[range]`.
    private var buffer: [UInt8]
    private var filled = 0
    /// Where in the file `buffer[0]` is.
    private var base = 0
    private var position = 0
    private var isAtEnd = false
    /// How many lines were begun, blank ones included.
    private(set) var lineNumber = 0

    /// - Parameter buffer: its size is the longest line that can be recognized.
    init(_ file: any File, buffer: [UInt8], from offset: Int = 0) {
        self.file = file
        self.buffer = buffer
        base = offset
    }

    /// A buffer that holds any line of ours, and not much more than a read is worth.
    static func buffer(for lineBytes: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: max(256 << 10, lineBytes + JournalLine.overhead))
    }

    /// The buffer, for the next reader.
    consuming func reclaim() -> [UInt8] {
        buffer
    }

    /// The next line that is not blank; nil at the end of the file.
    mutating func next() throws(FileError) -> FileLine? {
        while true {
            skipBlank()
            if position == filled {
                guard try refill() else { return nil }
                continue
            }
            if let end = newline(from: position) { return take(upTo: end, isWhole: true) }
            guard !isAtEnd, position > 0 || filled < buffer.count else { return take(upTo: filled, isWhole: false) }
            _ = try refill()
        }
    }

    func bytes(of line: FileLine) -> ArraySlice<UInt8> {
        buffer[line.range]
    }

    private mutating func skipBlank() {
        while position < filled, buffer[position] == UInt8(ascii: "\n") || buffer[position] == 0 {
            let length = blockOfEqualBytes()
            if buffer[position] != 0 { lineNumber += length }
            position += length
        }
    }

    /// How many bytes from here on are certainly the same. A prepared segment is millions of newlines: they are stepped
    /// over a block at a time, each compared with its own bytes moved by one.
    private func blockOfEqualBytes() -> Int {
        let length = 4096
        guard filled - position >= length else { return 1 }
        let isEqual = unsafe buffer.withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress else { return false }
            return unsafe memcmp(first + position, first + position + 1, length - 1) == 0
        }
        return isEqual ? length : 1
    }

    private mutating func take(upTo end: Int, isWhole: Bool) -> FileLine {
        let line = FileLine(range: position..<end, offset: base + position, number: lineNumber + 1, isWhole: isWhole)
        position = end
        return line
    }

    private func newline(from start: Int) -> Int? {
        unsafe buffer.withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress,
                let found = unsafe memchr(first + start, 0x0A, filled - start)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - first
        }
    }

    /// Moves the unfinished line to the front and reads on; false at the end of the file.
    private mutating func refill() throws(FileError) -> Bool {
        guard !isAtEnd else { return false }
        let rest = filled - position
        for index in 0..<rest { buffer[index] = buffer[position + index] }
        base += position
        position = 0
        let count = try file.readWhole(&buffer, from: rest, at: base + rest)
        isAtEnd = rest + count < buffer.count
        filled = rest + count
        return count > 0
    }
}

/// A line in a reader's buffer and in its file.
struct FileLine {
    /// In the reader's buffer, without the newline.
    let range: Range<Int>
    let offset: Int
    /// Counted from 1.
    let number: Int
    /// Whether a newline ends it; if not, the file ends in it or it is longer than any line of ours.
    let isWhole: Bool

    func location(in file: FileNumber) -> Location {
        Location(offset: UInt64(offset), file: file, length: UInt32(range.count))
    }

    /// Where the next line begins.
    var end: Int { offset + range.count + 1 }
}
