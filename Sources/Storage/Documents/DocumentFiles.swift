import Synchronization

/// Reads single lines of segments and snapshots, through a bounded number of open files.
final class DocumentFiles: Sendable {
    private let fileSystem: any FileSystem
    private let layout: StoreLayout
    private let open = Mutex<[FileNumber: any File]>([:])
    private static let openLimit = 64

    init(fileSystem: any FileSystem, layout: StoreLayout) {
        self.fileSystem = fileSystem
        self.layout = layout
    }

    /// - Throws: `missing` when the file is gone, which a snapshot may cause: the document has moved then.
    func line(at location: Location) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(location.length))
        let count = try file(location.file).readWhole(&bytes, at: Int(location.offset))
        return count == bytes.count ? bytes : []
    }

    func path(_ file: FileNumber) -> String {
        layout.path(file)
    }

    func forget(_ file: FileNumber) {
        open.withLock { $0[file] = nil }
    }

    private func file(_ number: FileNumber) throws(FileError) -> any File {
        if let file = open.withLock({ $0[number] }) { return file }
        let file = try fileSystem.open(layout.path(number), .read)
        open.withLock { files in
            if files.count >= Self.openLimit, let other = files.keys.randomElement() { files[other] = nil }
            files[number] = file
        }
        return file
    }
}
