import Glibc
import Storage

/// The process that has a state open, as the kernel lists its lock (proc(5), /proc/locks): looking takes no lock, which
/// could refuse a service that starts at that moment.
struct StoreHolder {
    let process: String
    /// What the process is called.
    let name: String

    /// - Returns: nil when nobody has it open.
    init?(of folder: String) {
        guard let lock = FileStatus("\(folder)/LOCK"),
            let text = try? TextFile.read("/proc/locks", maximumBytes: 4 << 20)  // unreadable: nobody is known
        else { return nil }
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            // 1: FLOCK  ADVISORY  WRITE 1234 fe:01:262203 0 EOF
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] == "FLOCK",
                let process = fields.drop(while: { $0 != "WRITE" }).dropFirst().first,
                fields.contains(where: { $0.hasSuffix(":\(lock.inode)") }), StoreHolder.hasOpen(process, lock)
            else { continue }
            self.process = String(process)
            let comm = try? TextFile.read("/proc/\(process)/comm", maximumBytes: 64)  // it ended since
            name = comm.map { Printable.text(String(String(decoding: $0, as: UTF8.self).prefix { $0 != "\n" })) } ?? "?"
            return
        }
        return nil
    }

    /// Another volume may have a file of the same number.
    private static func hasOpen(_ process: Substring, _ lock: FileStatus) -> Bool {
        let folder = "/proc/\(process)/fd"
        // Not ours to look at: the number has to do.
        guard let names = try? PosixFileSystem().list(folder) else { return true }
        return names.contains { FileStatus("\(folder)/\($0)")?.isSameFile(as: lock) ?? false }
    }
}
