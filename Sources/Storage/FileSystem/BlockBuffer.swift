/// Memory for writes that go past the page cache: they begin and end on a block, in memory and in the file.
@safe struct BlockBuffer: ~Copyable {
    /// A page: no disk that Linux writes to directly has a longer logical block.
    static let blockBytes = 4096

    private let memory: UnsafeMutableRawBufferPointer
    var capacity: Int { unsafe memory.count }
    /// How many bytes were put.
    private(set) var count = 0

    init(blocks: Int) {
        unsafe memory = .allocate(byteCount: blocks * Self.blockBytes, alignment: Self.blockBytes)
    }

    /// Holds so many newlines.
    init(newlines count: Int) {
        self.init(blocks: Self.roundedUp(count) / Self.blockBytes)
        self.count = count
        _ = unsafe memory.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "\n"))
    }

    deinit {
        unsafe memory.deallocate()
    }

    /// Puts bytes behind the first `head`, in place of what is there; returns how many had room.
    mutating func put(_ bytes: Span<UInt8>, after head: Int) -> Int {
        let added = min(bytes.count, unsafe memory.count - head)
        unsafe bytes.extracting(first: added).withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(rebasing: memory[head..<head + added]).copyMemory(from: source)
        }
        count = head + added
        return added
    }

    /// Lends the blocks that hold the bytes, with newlines up to the end of the last one.
    func withBlocks<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let size = Self.roundedUp(count)
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[count..<size])
        _ = unsafe rest.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "\n"))
        return try lend(size, body)
    }

    /// Lends the first bytes.
    func withBytes<Result, Failure: Error>(
        first: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try lend(min(first, count), body)
    }

    private func lend<Result, Failure: Error>(
        _ size: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: memory[..<size]).bindMemory(to: UInt8.self)
        return try body(unsafe Span(_unsafeElements: bytes))
    }

    private static func roundedUp(_ count: Int) -> Int {
        (count + blockBytes - 1) / blockBytes * blockBytes
    }

    /// Moves the bytes after the last whole block to the start, and forgets the others.
    mutating func dropWholeBlocks() {
        let start = count - count % Self.blockBytes
        unsafe memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[start..<count]))
        count -= start
    }
}
