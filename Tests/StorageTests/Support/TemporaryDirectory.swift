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

    func copy() throws -> TemporaryDirectory {
        let other = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: store, toPath: other.store)
        return other
    }
}
