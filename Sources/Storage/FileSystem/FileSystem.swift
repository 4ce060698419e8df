/// The few system calls the store makes, one to one, so that a test can record, drop, tear and fail each of them.
///
/// Nothing is retried here: `File+Whole.swift` continues short and interrupted calls, and nobody repeats a failed sync.
package protocol FileSystem: Sendable {
    func open(_ path: String, _ access: FileAccess) throws(FileError) -> any File
    /// Mode 0700; an existing directory is left as it is.
    func mkdir(_ path: String) throws(FileError)
    /// The names in a directory, without `.` and `..`, in no order.
    func list(_ path: String) throws(FileError) -> [String]
    func rename(_ path: String, to target: String) throws(FileError)
    func unlink(_ path: String) throws(FileError)
    /// Makes the names in a directory durable (fsync(2): syncing a file says nothing about its directory entry).
    func fsyncDirectory(_ path: String) throws(FileError)
    /// What kind of volume holds the path, and how it is mounted.
    func volume(of path: String) throws(FileError) -> Volume
}

/// How a file is opened; always close-on-exec, never through a symbolic link.
package enum FileAccess: Sendable {
    case read
    case readWrite
    /// Created with mode 0600 when missing, emptied when not.
    case create
    /// Created with mode 0600 when missing, kept when not.
    case openOrCreate
    /// As `create`, for a file that is filled from its start to its end and not read meanwhile.
    case fill
    /// An existing file of newlines that is written by `commit` alone, from its start on.
    case commit
}

/// An open file; closed when the last reference goes.
package protocol File: AnyObject, Sendable {
    /// Returns how many bytes were written, which may be fewer than asked.
    func pwrite(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) -> Int
    /// Returns how many bytes were read, which may be fewer than asked; 0 at the end of the file.
    func pread(_ buffer: inout MutableSpan<UInt8>, at offset: Int) throws(FileError) -> Int
    /// Writes bytes that are durable when it returns; all of them or, when it throws, any part. They must begin where
    /// those before them ended, and newlines follow them.
    func commit(_ bytes: Span<UInt8>, at offset: Int) throws(FileError)
    /// Begins a commit that goes on while the caller does something else.
    ///
    /// - Parameter event: an eventfd that is signalled when `endCommit` has something to say.
    /// - Returns: false when nothing was begun, because the file has no such thing: `commit` has.
    func beginCommit(_ bytes: Span<UInt8>, at offset: Int, signalling event: Int32) throws(FileError) -> Bool
    /// Whether the commit that was begun is over and all of it durable.
    ///
    /// - Parameter waits: whether to wait for its end; else nil when it goes on.
    /// - Returns: false when it has to be made by `commit`.
    func endCommit(waits: Bool) throws(FileError) -> Bool?
    /// Makes durable what was written, unless that went past the page cache: then nothing is left to pile up.
    func writeBack() throws(FileError)
    func fdatasync() throws(FileError)
    func fsync() throws(FileError)
    func ftruncate(_ length: Int) throws(FileError)
    func length() throws(FileError) -> Int
    /// Takes the exclusive lock without waiting; false when another process holds it.
    func flock() throws(FileError) -> Bool
}
