/// The segments and snapshots of a store, as a listing of its folders shows them.
struct StoreFiles {
    /// Ascending.
    let segments: [UInt32]
    let snapshots: [UInt32]

    init(_ fileSystem: any FileSystem, _ layout: StoreLayout) throws(FileError) {
        segments = layout.numbers(try fileSystem.listIfPresent(layout.journal))
        snapshots = layout.numbers(try fileSystem.listIfPresent(layout.snapshots))
    }

    var isEmpty: Bool { segments.isEmpty && snapshots.isEmpty }

    /// The files a start reads: the newest snapshot, and the segments after it.
    var current: [FileNumber] {
        let snapshot = snapshots.last
        let later = segments.filter { $0 > snapshot ?? 0 }.map(FileNumber.segment)
        return (snapshot.map { [FileNumber.snapshot($0)] } ?? []) + later
    }
}
