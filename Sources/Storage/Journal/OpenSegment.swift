/// A segment that is filled, durable under its name, and not written yet, or the one being written.
struct OpenSegment: Sendable {
    let number: UInt32
    /// Its name by now; the file was opened under another.
    let path: String
    let file: any File
    let capacity: Int
    /// Where the next line goes.
    var length = 0

    var room: Int { capacity - length }

    /// Creates a segment of newlines, so that a later commit need not commit the file system's own journal: blocks are
    /// allocated and written, and nothing but data changes. Newlines, because the file stays valid JSON Lines.
    ///
    /// At a steady pace what the page cache holds is synced as it grows, so that no commit has to wait behind one long flush
    /// at the end. Past the page cache there is none to wait behind, and a third of the processor time.
    ///
    /// - Parameter pace: asked before every mebibyte, because a stop, too, waits for this.
    /// - Throws: `cancelled`, too, when it is over; nothing is left then.
    static func prepare(
        _ number: UInt32, capacity: Int, _ fileSystem: any FileSystem, _ layout: StoreLayout,
        pace: () -> BackgroundWork.Pace = { .hurried }
    ) throws(FileError) -> OpenSegment {
        let name = FileNumber.segment(number)
        let temporary = layout.temporary(name)
        do throws(FileError) {
            let file = try fileSystem.open(temporary, .fill)
            let blank = BlockBuffer(newlines: min(capacity, BackgroundWork.stepBytes))
            var offset = 0
            while offset < capacity {
                let pace = pace()
                guard pace != .stopped else { throw FileError.cancelled(temporary) }
                if pace == .steady { BackgroundWork.pause() }
                let count = min(blank.count, capacity - offset)
                try blank.withBytes(first: count) { bytes throws(FileError) in try file.writeWhole(bytes, at: offset) }
                offset += count
                if pace == .steady, offset < capacity { try file.writeBack() }
            }
            try file.fsync()
            try fileSystem.rename(temporary, to: layout.path(name))
            try fileSystem.fsyncDirectory(layout.journal)
            let path = layout.path(name)
            return OpenSegment(
                number: number, path: path, file: try fileSystem.open(path, .commit), capacity: capacity)
        } catch {
            // What is left must not take the room that is missing; if that fails too, the next start removes it.
            try? fileSystem.unlink(temporary)
            throw error
        }
    }

    /// Cuts the blank rest off: a closed segment is never written again.
    func trim() throws(FileError) {
        try file.ftruncate(length)
        try file.fsync()
    }
}
