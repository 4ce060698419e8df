import Glibc

/// The lock that makes one process the owner of a store. The kernel frees it with the process, even on kill -9.
enum StoreLock {
    static func acquire(_ fileSystem: any FileSystem, _ layout: StoreLayout) throws(StoreError) -> any File {
        let holder: String
        do throws(FileError) {
            let file = try fileSystem.open(layout.lock, .openOrCreate)
            if try file.flock() {
                try file.ftruncate(0)
                try file.writeWhole(Array("pid \(getpid())\n".utf8).span, at: 0)
                return file
            }
            holder = try firstLine(of: file)
        } catch {
            throw StoreError(error)
        }
        throw StoreError(.locked, "Another process (\(holder)) uses the store in \(layout.root). Stop it first.")
    }

    private static func firstLine(of file: any File) throws(FileError) -> String {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = try file.readWhole(&buffer, at: 0)
        return String(decoding: buffer.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
