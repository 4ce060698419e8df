import Payments

extension StoreReader {
    /// What of the store will not change any more: the newest snapshot and every segment, as far as its lines are valid.
    struct Settled {
        var files: [(number: FileNumber, length: Int)] = []
        var last: SequenceNumber = 0
    }

    /// A server that writes meanwhile may make a reading useless; the next one is of a later moment.
    private static var attempts: Int { 20 }

    func settledFiles() throws(StoreError) -> Settled {
        for _ in 1...Self.attempts {
            if let settled = try settledNow() { return settled }
        }
        throw StoreError(.system, "The store changes faster than it can be read. Try again when there is less to do.")
    }

    /// nil when what was read does not fit together, because it was being written.
    private func settledNow() throws(StoreError) -> Settled? {
        let files = try StoreError.wrap { () throws(FileError) in try StoreFiles(fileSystem, layout) }
        let before = try settledPosition(files)
        var replay = makeReplay()
        do throws(StoreError) {
            try replay.run(files.segments.map(FileNumber.segment)) { _, _, _ in true }
        } catch {
            let isBeingWritten = error.code == .damaged && (replay.last ?? 0) >= before
            guard isBeingWritten || isMissing(error, files) else { throw error }
            return nil
        }
        var settled = Settled(last: replay.last ?? 0)
        // One that follows a segment which was still open when it was listed may hold more than was read of it.
        if let snapshot = files.snapshots.last(where: { $0 < files.segments.last ?? 0 }) {
            let number = FileNumber.snapshot(snapshot)
            guard let length = try length(of: number) else { return nil }
            settled.files.append((number, length))
        }
        for segment in replay.segments where segment.end > 0 {
            settled.files.append((.segment(segment.number), segment.end))
        }
        return settled
    }

    /// Whether a file went away since it was listed: a snapshot replaces segments where the owner says so.
    private func isMissing(_ error: StoreError, _ files: StoreFiles) -> Bool {
        guard let now = try? StoreFiles(fileSystem, layout) else { return false }  // the error stands for this one too
        return error.code == .system && now.segments.first != files.segments.first
    }

    private func length(of file: FileNumber) throws(StoreError) -> Int? {
        do throws(FileError) {
            return try fileSystem.open(layout.path(file), .read).length()
        } catch {
            guard error.isMissing else { throw StoreError(error) }
            return nil
        }
    }
}
