@testable import Storage

/// A mistake a store could make, made here in its file system: the crash tests must find each of them.
enum PlantedFault: CaseIterable {
    case acknowledgesBeforeSync
    case syncsNoDirectory
    case namesSnapshotBeforeSync
}

/// A file system that leaves out the syncs a store with that fault would not have made.
struct FaultyFileSystem: FileSystem {
    private let base: any FileSystem
    private let fault: PlantedFault

    init(_ base: any FileSystem, _ fault: PlantedFault) {
        self.base = base
        self.fault = fault
    }

    func open(_ path: String, _ access: FileAccess) throws(FileError) -> any File {
        FaultyFile(try base.open(path, access), fault, path)
    }

    func fsyncDirectory(_ path: String) throws(FileError) {
        if fault != .syncsNoDirectory { try base.fsyncDirectory(path) }
    }

    func mkdir(_ path: String) throws(FileError) { try base.mkdir(path) }
    func list(_ path: String) throws(FileError) -> [String] { try base.list(path) }
    func rename(_ path: String, to target: String) throws(FileError) { try base.rename(path, to: target) }
    func unlink(_ path: String) throws(FileError) { try base.unlink(path) }
    func volume(of path: String) throws(FileError) -> Volume { try base.volume(of: path) }
}

private final class FaultyFile: ForwardingFile {
    let base: any File
    private let fault: PlantedFault
    private let path: String

    init(_ base: any File, _ fault: PlantedFault, _ path: String) {
        self.base = base
        self.fault = fault
        self.path = path
    }

    func fdatasync() throws(FileError) {
        switch fault {
        case .acknowledgesBeforeSync where path.contains("/journal/"): return
        case .namesSnapshotBeforeSync where path.contains("/snapshot/"): return
        case .acknowledgesBeforeSync, .namesSnapshotBeforeSync, .syncsNoDirectory: try base.fdatasync()
        }
    }

    func fsync() throws(FileError) {
        switch fault {
        case .namesSnapshotBeforeSync where path.contains("/snapshot/"): return
        case .acknowledgesBeforeSync, .namesSnapshotBeforeSync, .syncsNoDirectory: try base.fsync()
        }
    }
}
