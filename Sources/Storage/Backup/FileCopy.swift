import Crypto

/// Copies the beginning of a file, durably, and sums it up on the way.
struct FileCopy {
    private static let chunkBytes = 1 << 20

    let fileSystem: any FileSystem

    /// - Parameters:
    ///   - length: how much of the file; all of it must be there.
    ///   - target: nil to only read.
    /// - Returns: the SHA-256 of what was read, in hexadecimal.
    func run(_ path: String, _ length: Int, to target: String?) throws(StoreError) -> String {
        do throws(FileError) {
            let source = try fileSystem.open(path, .read)
            var copy: (any File)?
            if let target { copy = try fileSystem.open(target, .create) }
            var hash = SHA256()
            var done = 0
            while done < length {
                var buffer = [UInt8](repeating: 0, count: min(Self.chunkBytes, length - done))
                let count = try source.readWhole(&buffer, at: done)
                guard count == buffer.count else { break }
                hash.update(data: buffer)
                try copy?.writeWhole(buffer.span, at: done)
                done += count
            }
            try copy?.fsync()
            // A file that is shorter than it should be is told by its sum.
            return Self.text(hash.finalize())
        } catch {
            throw StoreError(error)
        }
    }

    private static func text(_ digest: SHA256Digest) -> String {
        digest.map { String($0 >> 4, radix: 16) + String($0 & 0xF, radix: 16) }.joined()
    }
}
