/// A file of the store: a segment or a snapshot.
struct FileNumber: Hashable, Sendable, Comparable {
    private let value: UInt32
    private static let snapshotBit: UInt32 = 1 << 31

    static func segment(_ number: UInt32) -> FileNumber { FileNumber(value: number) }
    static func snapshot(_ number: UInt32) -> FileNumber { FileNumber(value: number | snapshotBit) }

    var isSnapshot: Bool { value & Self.snapshotBit != 0 }
    var number: UInt32 { value & ~Self.snapshotBit }

    /// By age of content: a snapshot comes right after the segment whose number it has.
    static func < (left: FileNumber, right: FileNumber) -> Bool {
        (left.number, left.isSnapshot ? 1 : 0) < (right.number, right.isSnapshot ? 1 : 0)
    }
}

/// The line that holds the newest durable version of a document.
struct Location: Equatable, Sendable {
    let offset: UInt64
    let file: FileNumber
    /// Without the newline.
    let length: UInt32
}
