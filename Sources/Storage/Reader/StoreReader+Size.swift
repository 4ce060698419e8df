/// How much a store takes on disk.
package struct StoreSize: Sendable, Equatable {
    package var segments: Int
    package var snapshots: Int
    /// Of both, with the room that was prepared in advance.
    package var bytes: Int

    package init(segments: Int = 0, snapshots: Int = 0, bytes: Int = 0) {
        self.segments = segments
        self.snapshots = snapshots
        self.bytes = bytes
    }
}

extension StoreReader {
    package func size() throws(StoreError) -> StoreSize {
        let files = try StoreError.wrap { () throws(FileError) in try StoreFiles(fileSystem, layout) }
        var size = StoreSize(segments: files.segments.count, snapshots: files.snapshots.count)
        for file in files.segments.map(FileNumber.segment) + files.snapshots.map(FileNumber.snapshot) {
            do throws(FileError) {
                size.bytes += try fileSystem.open(layout.path(file), .read).length()
            } catch {
                // It was replaced since it was listed.
                guard error.isMissing else { throw StoreError(error) }
            }
        }
        return size
    }
}
