import Glibc

/// The real file system.
package struct PosixFileSystem: FileSystem {
    private let writesDirectly: Bool

    /// - Parameter writesDirectly: whether segments are written past the page cache where they can be.
    package init(writesDirectly: Bool = true) {
        self.writesDirectly = writesDirectly
    }

    package func open(_ path: String, _ access: FileAccess) throws(FileError) -> any File {
        let flags =
            switch access {
            case .read: O_RDONLY
            case .readWrite, .commit: O_RDWR
            case .create, .fill: O_RDWR | O_CREAT | O_TRUNC
            case .openOrCreate: O_RDWR | O_CREAT
            }
        let descriptor = try checked(unsafe Glibc.open(path, flags | Self.always, 0o600), "open", path)
        switch access {
        case .fill: return PosixFile(descriptor: descriptor, direct: openDirectly(path), path: path)
        case .commit:
            let file = PosixFile(descriptor: descriptor, path: path)
            guard let direct = openDirectly(path, O_DSYNC) else { return file }
            // What whoever filled the file left in the cache would have to be thrown out page by page, commit by commit.
            _ = posix_fadvise(direct, 0, 0, POSIX_FADV_DONTNEED)
            return DirectFile(
                base: file, direct: PosixFile(descriptor: direct, path: path),
                queue: KernelWriteQueue(descriptor: direct))
        case .read, .readWrite, .create, .openOrCreate: return PosixFile(descriptor: descriptor, path: path)
        }
    }

    private static let always = O_CLOEXEC | O_NOFOLLOW

    /// Opens a file once more, for writes past the page cache; nil on a file system that has no such thing (open(2)).
    private func openDirectly(_ path: String, _ flags: Int32 = 0) -> Int32? {
        guard writesDirectly else { return nil }
        let descriptor = unsafe Glibc.open(path, O_WRONLY | __O_DIRECT | flags | Self.always)
        return descriptor >= 0 ? descriptor : nil
    }

    package func mkdir(_ path: String) throws(FileError) {
        guard unsafe Glibc.mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        throw FileError("mkdir", path, errno)
    }

    package func list(_ path: String) throws(FileError) -> [String] {
        guard let stream = unsafe opendir(path) else { throw FileError("opendir", path, errno) }
        defer { _ = unsafe closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { raw in
                unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw FileError("readdir", path, errno) }
        return names
    }

    package func rename(_ path: String, to target: String) throws(FileError) {
        _ = try checked(unsafe Glibc.rename(path, target), "rename", path)
    }

    package func unlink(_ path: String) throws(FileError) {
        _ = try checked(unsafe Glibc.unlink(path), "unlink", path)
    }

    package func fsyncDirectory(_ path: String) throws(FileError) {
        let descriptor = try checked(unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", path)
        defer { _ = close(descriptor) }
        _ = try checked(Glibc.fsync(descriptor), "fsync", path)
    }

    package func volume(of path: String) throws(FileError) -> Volume {
        var status = stat()
        _ = try checked(unsafe stat(path, &status), "stat", path)
        return Volume(Mount(device: status.st_dev))
    }

    private func checked(_ result: Int32, _ call: String, _ path: String) throws(FileError) -> Int32 {
        guard result >= 0 else { throw FileError(call, path, errno) }
        return result
    }
}
