import JSON

/// A copy of a store in a folder of its own, with sums of all its files: made while the server runs, checked, and
/// restored into an empty folder.
package struct StoreBackup {
    private let fileSystem: any FileSystem
    private let directory: String
    private let lineBytes: Int

    private var layout: StoreLayout { StoreLayout(root: directory) }
    private var manifestPath: String { "\(directory)/BACKUP.json" }

    /// - Parameter directory: the backup's folder.
    package init(directory: String, lineBytes: Int, fileSystem: any FileSystem) {
        self.directory = directory
        self.lineBytes = lineBytes
        self.fileSystem = fileSystem
    }

    // MARK: Making

    /// Copies everything a store holds at this moment, and checks the copy.
    ///
    /// - Parameter now: milliseconds since the Unix epoch.
    /// - Throws: when the folder is not empty, or the store or the disk fails. A folder without `BACKUP.json` is then
    ///   left behind.
    package func make(of store: StoreReader, now: Int64, version: String) throws(StoreError) -> BackupManifest {
        try requireEmpty(directory)
        let settled = try store.settledFiles()
        let description = try description(of: store.layout)
        try makeFolders(in: directory)
        let copy = FileCopy(fileSystem: fileSystem)
        var entries: [BackupManifest.Entry] = []
        for file in settled.files {
            let sum = try copy.run(store.layout.path(file.number), file.length, to: layout.path(file.number))
            entries.append(entry(layout.path(file.number), file.length, sum))
        }
        let sum = try copy.run(store.layout.description, description.bytes.count, to: layout.description)
        entries.append(entry(layout.description, description.bytes.count, sum))
        try syncFolders(of: directory)
        let manifest = BackupManifest(
            store: description.identity, madeAt: now, version: version, lastSequence: settled.last, files: entries)
        try checkRecords(manifest)
        try StoreError.wrap { () throws(FileError) in
            try fileSystem.writeAtomically(manifest.json, to: manifestPath, in: directory)
            try fileSystem.fsyncDirectory("\(directory)/..")
        }
        return manifest
    }

    private func description(of layout: StoreLayout) throws(StoreError) -> (bytes: [UInt8], identity: String) {
        let bytes = try StoreError.wrap { () throws(FileError) in
            try fileSystem.contents(of: layout.description, atMost: 4096)
        }
        guard let bytes else { throw StoreError(.damaged, "STORE.json is missing.") }
        return (bytes, try StoreDescription(parsing: bytes).identity)
    }

    private func entry(_ path: String, _ bytes: Int, _ sha256: String) -> BackupManifest.Entry {
        BackupManifest.Entry(path: String(path.dropFirst(directory.count + 1)), bytes: bytes, sha256: sha256)
    }

    // MARK: Checking

    /// Reads every byte of the backup.
    ///
    /// - Throws: the first thing that is wrong with it.
    package func verify() throws(StoreError) -> BackupManifest {
        let manifest = try readManifest()
        let copy = FileCopy(fileSystem: fileSystem)
        for file in manifest.files {
            let path = "\(directory)/\(file.path)"
            guard try copy.run(path, file.bytes, to: nil).utf8.elementsEqual(file.sha256.utf8) else {
                throw StoreError(.damaged, "\(path) is not as it was copied. Use another backup.")
            }
        }
        try checkRecords(manifest)
        return manifest
    }

    /// The store in the backup, for whoever wants to read it.
    package func reader() throws(StoreError) -> StoreReader {
        try StoreReader(directory: directory, lineBytes: lineBytes, fileSystem: fileSystem)
    }

    private func readManifest() throws(StoreError) -> BackupManifest {
        let text = try StoreError.wrap { () throws(FileError) in
            try fileSystem.contents(of: manifestPath, atMost: 64 << 20)
        }
        guard let text else {
            throw StoreError(
                .damaged,
                "There is no BACKUP.json in \(directory): it is no backup, or one that did not come to its end.")
        }
        return try BackupManifest(parsing: text)
    }

    private func checkRecords(_ manifest: BackupManifest) throws(StoreError) {
        let found = try reader().verify()
        if let fault = found.fault ?? found.tornTail { throw StoreError(.damaged, "\(fault.text).", at: fault) }
        guard found.lastSequence == manifest.lastSequence else {
            throw StoreError(
                .damaged,
                "The last record is number \(found.lastSequence), and the backup was made at \(manifest.lastSequence).")
        }
    }

    // MARK: Restoring

    /// Copies the backup, which was verified, into a folder that is empty or not there yet.
    ///
    /// `STORE.json` comes last: with it, the store exists.
    package func restore(_ manifest: BackupManifest, into target: String) throws(StoreError) {
        try requireEmpty(target)
        try makeFolders(in: target)
        let copy = FileCopy(fileSystem: fileSystem)
        for file in manifest.files {
            let sum = try copy.run("\(directory)/\(file.path)", file.bytes, to: "\(target)/\(file.path)")
            guard sum.utf8.elementsEqual(file.sha256.utf8) else {
                throw StoreError(.damaged, "\(directory)/\(file.path) changed while it was copied.")
            }
        }
        try syncFolders(of: target)
    }

    // MARK: Folders

    private func requireEmpty(_ path: String) throws(StoreError) {
        let names = try StoreError.wrap { () throws(FileError) in try fileSystem.listIfPresent(path) }
        guard names.isEmpty else { throw StoreError(.system, "\(path) is not empty. Name a new folder.") }
    }

    private func makeFolders(in root: String) throws(StoreError) {
        let layout = StoreLayout(root: root)
        try StoreError.wrap { () throws(FileError) in
            for folder in [root, layout.journal, layout.snapshots, layout.quarantine] { try fileSystem.mkdir(folder) }
        }
    }

    private func syncFolders(of root: String) throws(StoreError) {
        let layout = StoreLayout(root: root)
        try StoreError.wrap { () throws(FileError) in
            for folder in [layout.journal, layout.snapshots, root, "\(root)/.."] {
                try fileSystem.fsyncDirectory(folder)
            }
        }
    }
}
