import Glibc

/// How a device is mounted, from proc_pid_mountinfo(5). statfs(2), the other source, is not in Swift's Glibc module.
struct Mount {
    /// Such as `ext4` or `fuse.sshfs`; empty when the device is not listed.
    private(set) var type = ""
    /// The options of the mount and of the file system together.
    private(set) var options: Set<String> = []
    /// Whether jbd2, the journal of ext4, runs on the device.
    let hasJournal: Bool

    init(type: String, options: Set<String>, hasJournal: Bool) {
        self.type = type
        self.options = options
        self.hasJournal = hasJournal
    }

    init(device: UInt) {
        let number = Self.number(of: device)
        hasJournal = Self.hasJournal(number)
        for line in Self.text(of: "/proc/self/mountinfo").split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 6, fields[2] == number, let dash = fields.lastIndex(of: "-"), dash + 3 < fields.count
            else { continue }
            type = String(fields[dash + 1])
            for list in [fields[5], fields[dash + 3]] { options.formUnion(list.split(separator: ",").map(String.init)) }
        }
    }

    /// `major:minor`, as makedev(3) of glibc packs them; its macros do not import.
    private static func number(of device: UInt) -> String {
        let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
        let minor = device & 0xFF | (device >> 12) & 0xFFF00
        return "\(major):\(minor)"
    }

    /// ext4 with a journal shows as `/proc/fs/jbd2/<block device>-<journal inode>`.
    private static func hasJournal(_ number: String) -> Bool {
        var buffer = [CChar](repeating: 0, count: 4096)
        let capacity = buffer.count
        let count = unsafe readlink("/sys/dev/block/\(number)", &buffer, capacity)
        guard count > 0 else { return false }
        let target = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let name = target.split(separator: "/").last else { return false }
        let journals = (try? PosixFileSystem().list("/proc/fs/jbd2")) ?? []  // missing: no journal runs anywhere
        return journals.contains { $0.hasPrefix("\(name)-") }
    }

    /// Files of /proc have no length; what cannot be read counts as empty, which only loses a warning.
    private static func text(of path: String) -> String {
        guard let file = try? PosixFileSystem().open(path, .read) else { return "" }
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        let count = (try? file.readWhole(&buffer, at: 0)) ?? 0
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}
