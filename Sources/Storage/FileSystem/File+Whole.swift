extension File {
    package func commit(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) {
        try writeWhole(bytes, at: offset)
        try fdatasync()
    }

    package func beginCommit(
        _ bytes: Span<UInt8>, at offset: Int, signalling event: Int32
    ) throws(FileError) -> Bool { false }

    package func endCommit(waits: Bool) throws(FileError) -> Bool? { false }

    package func writeBack() throws(FileError) {
        try fdatasync()
    }

    /// Writes all bytes, continuing after short and interrupted writes.
    func writeWhole(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) {
        var done = 0
        while done < bytes.count {
            do throws(FileError) {
                done += try pwrite(bytes.extracting(droppingFirst: done), at: offset + done)
            } catch {
                guard error.isInterrupted else { throw error }
            }
        }
    }

    /// Fills the buffer from `start` on as far as the file goes; returns how many bytes came.
    func readWhole(_ buffer: inout [UInt8], from start: Int = 0, at offset: Int) throws(FileError) -> Int {
        var done = 0
        while start + done < buffer.count {
            do throws(FileError) {
                var whole = buffer.mutableSpan
                var free = whole._mutatingExtracting(droppingFirst: start + done)
                let count = try pread(&free, at: offset + done)
                guard count > 0 else { break }
                done += count
            } catch {
                guard error.isInterrupted else { throw error }
            }
        }
        return done
    }
}
