package import JSON
package import Payments

/// `BACKUP.json`: what a backup holds. Written last, so that a folder with one is whole.
package struct BackupManifest: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        /// Relative to the folder, such as `journal/000000000042.jsonl`.
        package let path: String
        package let bytes: Int
        /// 64 hexadecimal digits.
        package let sha256: String
    }

    static let currentFormat: Int64 = 1

    /// The store's identity, from its `STORE.json`.
    package let store: String
    /// Milliseconds since the Unix epoch.
    package let madeAt: Int64
    /// The version that made it.
    package let version: String
    /// The last record that is in it.
    package let lastSequence: SequenceNumber
    package let files: [Entry]

    package var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

    init(store: String, madeAt: Int64, version: String, lastSequence: SequenceNumber, files: [Entry]) {
        self.store = store
        self.madeAt = madeAt
        self.version = version
        self.lastSequence = lastSequence
        self.files = files
    }

    init(parsing text: [UInt8]) throws(StoreError) {
        guard let root = (try? JSONDocument(parsing: text, limits: JSONLimits(nodes: 10_000_000)))?.root,
            let format = root["format"]?.integer, let store = root["store"]?.string,
            let madeAt = root["made"]?.integer, let version = root["version"]?.string,
            let last = root["lastSequence"]?.integer, last >= 0, let files = root["files"], files.kind == .array
        else { throw Self.unreadable }
        guard format == Self.currentFormat else {
            throw StoreError(.format, "The backup has format \(format). Use the version that made it (\(version)).")
        }
        var entries: [Entry] = []
        for file in files.elements {
            guard let path = file["path"]?.string, Self.isOurs(path), let bytes = file["bytes"]?.integer, bytes >= 0,
                let sha256 = file["sha256"]?.string
            else { throw Self.unreadable }
            entries.append(Entry(path: path, bytes: Int(bytes), sha256: sha256))
        }
        self.init(
            store: store, madeAt: madeAt, version: version, lastSequence: SequenceNumber(last), files: entries)
    }

    /// A manifest from elsewhere must not make a restore write elsewhere.
    private static func isOurs(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 1 { return path == "STORE.json" }
        return parts.count == 2 && (parts[0] == "journal" || parts[0] == "snapshot")
            && !StoreLayout(root: "").numbers([String(parts[1])]).isEmpty
    }

    private static let unreadable = StoreError(
        .damaged, "BACKUP.json cannot be read: the backup is not whole. Take another one.")

    package var json: [UInt8] {
        var writer = JSONWriter(reserving: 256 + 160 * files.count)
        write(to: &writer)
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("format", Self.currentFormat)
        writer.member("store", store)
        writer.member("made", madeAt)
        writer.member("version", version)
        writer.member("lastSequence", Int64(clamping: lastSequence))
        writer.name("files")
        writer.beginArray()
        for file in files {
            writer.beginObject()
            writer.member("path", file.path)
            writer.member("bytes", Int64(file.bytes))
            writer.member("sha256", file.sha256)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
