/// A file that leaves to another what it does not do itself.
package protocol ForwardingFile: File {
    var base: any File { get }
}

extension ForwardingFile {
    package func pwrite(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) -> Int {
        try base.pwrite(bytes, at: offset)
    }

    package func pread(_ buffer: inout MutableSpan<UInt8>, at offset: Int) throws(FileError) -> Int {
        try base.pread(&buffer, at: offset)
    }

    package func fdatasync() throws(FileError) { try base.fdatasync() }
    package func fsync() throws(FileError) { try base.fsync() }
    package func ftruncate(_ length: Int) throws(FileError) { try base.ftruncate(length) }
    package func length() throws(FileError) -> Int { try base.length() }
    package func flock() throws(FileError) -> Bool { try base.flock() }
}
