import Glibc
import Storage

/// The file system of a store with a mistake in it, named by the environment variable PLANT: the tools must find it.
/// Without it a sound one, which commits through the page cache when CACHED is set.
func plantedFileSystem() -> any FileSystem {
    guard let value = unsafe getenv("PLANT") else {
        return PosixFileSystem(writesDirectly: unsafe getenv("CACHED") == nil)
    }
    switch unsafe String(cString: value) {
    case "ack-before-sync": return PlantedFileSystem(skipsData: true, skipsDirectories: false)
    case "no-directory-sync": return PlantedFileSystem(skipsData: false, skipsDirectories: true)
    default: stop("PLANT is ack-before-sync or no-directory-sync", code: 2)
    }
}

private struct PlantedFileSystem: FileSystem {
    let base = PosixFileSystem()
    let skipsData: Bool
    let skipsDirectories: Bool

    func open(_ path: String, _ access: FileAccess) throws(FileError) -> any File {
        let file = try base.open(path, access)
        return skipsData && path.contains("/journal/") ? PlantedFile(file) : file
    }

    func fsyncDirectory(_ path: String) throws(FileError) {
        if !skipsDirectories { try base.fsyncDirectory(path) }
    }

    func mkdir(_ path: String) throws(FileError) { try base.mkdir(path) }
    func list(_ path: String) throws(FileError) -> [String] { try base.list(path) }
    func rename(_ path: String, to target: String) throws(FileError) { try base.rename(path, to: target) }
    func unlink(_ path: String) throws(FileError) { try base.unlink(path) }
    func volume(of path: String) throws(FileError) -> Volume { try base.volume(of: path) }
}

/// A file whose commits are not synced.
private final class PlantedFile: ForwardingFile {
    let base: any File

    init(_ base: any File) {
        self.base = base
    }

    func fdatasync() throws(FileError) {}
}
