import Glibc
import Synchronization

/// A file whose commits go past the page cache: one system call each, and about half of the kernel's work for a write and
/// an fdatasync. See docs/decisions/0028-commits-past-the-page-cache.md.
///
/// The kernel then takes whole blocks only (open(2), O_DIRECT). So the block a commit begins in is written once more, with
/// what earlier commits left in it, and newlines after its end: what a segment holds there anyway. That puts nothing at
/// risk that the page cache would not, which writes whole pages.
final class DirectFile: ForwardingFile {
    /// Does everything that is no commit, and commits where the file system takes back what it promised at the opening.
    let base: any File
    /// The same file, whose writes are durable when they return (O_DIRECT and O_DSYNC).
    private let direct: any File
    /// Of the same descriptor; nil where commits cannot go on by themselves.
    private let queue: (any WriteQueue)?
    private let state = Mutex(State())

    private struct State: ~Copyable {
        var blocks = BlockBuffer(blocks: 64)
        /// Where the last commit ended; the block that holds its end is at the buffer's start.
        var end: Int?
        var isRefused = false
        var underWay: UnderWay?
    }

    /// A commit that was begun; its bytes are in the buffer.
    private struct UnderWay {
        let end: Int
        /// In whole blocks.
        let size: Int
    }

    init(base: any File, direct: any File, queue: (any WriteQueue)? = nil) {
        self.base = base
        self.direct = direct
        self.queue = queue
    }

    /// Waits for what is under way: the kernel reads from the buffer.
    deinit {
        state.withLock { state in
            if state.underWay != nil { _ = queue?.end(waits: true) }
        }
    }

    func commit(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) {
        let isCommitted = try state.withLock { state throws(FileError) in
            var done = 0
            while done < bytes.count, !state.isRefused {
                done += try commit(bytes.extracting(droppingFirst: done), at: offset + done, &state)
            }
            return !state.isRefused
        }
        if !isCommitted { try base.commit(bytes, at: offset) }
    }

    /// Commits as much as the buffer holds; returns how much that was.
    private func commit(_ bytes: Span<UInt8>, at offset: Int, _ state: inout State) throws(FileError) -> Int {
        let head = offset % BlockBuffer.blockBytes
        if state.end != offset { try load(head, at: offset - head, &state.blocks) }
        let count = state.blocks.put(bytes, after: head)
        state.isRefused = try !state.blocks.withBlocks { blocks throws(FileError) in
            try write(blocks, at: offset - head)
        }
        state.blocks.dropWholeBlocks()
        state.end = offset + count
        return count
    }

    func beginCommit(_ bytes: Span<UInt8>, at offset: Int, signalling event: Int32) throws(FileError) -> Bool {
        guard let queue else { return false }
        return try state.withLock { state throws(FileError) in
            let head = offset % BlockBuffer.blockBytes
            guard !state.isRefused, head + bytes.count <= state.blocks.capacity else { return false }
            if state.end != offset { try load(head, at: offset - head, &state.blocks) }
            state.end = offset
            _ = state.blocks.put(bytes, after: head)
            state.underWay = state.blocks.withBlocks { blocks in
                let isBegun = queue.begin(blocks, at: offset - head, signalling: event)
                return isBegun ? UnderWay(end: offset + bytes.count, size: blocks.count) : nil
            }
            return state.underWay != nil
        }
    }

    func endCommit(waits: Bool) throws(FileError) -> Bool? {
        try state.withLock { state throws(FileError) in
            guard let queue, let underWay = state.underWay else { return false }
            guard let result = queue.end(waits: waits) else { return nil }
            state.underWay = nil
            // What a shorter or interrupted write left is made up for by the one the caller makes now.
            if result >= 0 && result < underWay.size || result == -Int(EINTR) { return false }
            if result == -Int(EINVAL) {
                state.isRefused = true
                return false
            }
            guard result >= 0 else { throw FileError("io_submit", "", Int32(clamping: -result)) }
            state.blocks.dropWholeBlocks()
            state.end = underWay.end
            return true
        }
    }

    /// Reads what a block begins with that this object has not written.
    private func load(_ count: Int, at offset: Int, _ blocks: inout BlockBuffer) throws(FileError) {
        guard count > 0 else { return }
        var bytes = [UInt8](repeating: UInt8(ascii: "\n"), count: count)
        _ = try base.readWhole(&bytes, at: offset)
        _ = blocks.put(bytes.span, after: 0)
    }

    /// - Returns: false when the file system takes no such write, and nothing was written.
    private func write(_ blocks: Span<UInt8>, at offset: Int) throws(FileError) -> Bool {
        var done = 0
        while done < blocks.count {
            do throws(FileError) {
                let count = try direct.pwrite(blocks.extracting(droppingFirst: done), at: offset + done)
                // What ended within a block is written again from that block's start.
                done += count - count % BlockBuffer.blockBytes
            } catch {
                if error.number == EINVAL { return false }
                guard error.isInterrupted else { throw error }
            }
        }
        return true
    }
}
