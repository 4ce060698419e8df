import Foundation

/// A folder of one test, gone with it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("storage-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var store: String { "\(path)/store" }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(store)/\(name)")))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(store)/\(name)"))
    }

    func list(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(store)/\(name)").sorted()
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(store)/\(name)")
    }

    /// The store as it stands, which may be in use: begun anew when a file that is being prepared gets its name meanwhile.
    func copy() throws -> TemporaryDirectory {
        while true {
            let other = try TemporaryDirectory()
            do {
                try FileManager.default.copyItem(atPath: store, toPath: other.store)
                return other
            } catch let error as CocoaError where [.fileNoSuchFile, .fileReadNoSuchFile].contains(error.code) {
                continue
            }
        }
    }
}
