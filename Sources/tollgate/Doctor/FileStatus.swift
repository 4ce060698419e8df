import Glibc

/// What stat(2) tells about a path.
struct FileStatus {
    let mode: mode_t
    let owner: uid_t
    let group: gid_t
    let modifiedSeconds: Int64
    let device: UInt
    let inode: UInt

    /// - Returns: nil when there is nothing, or nothing we may look at.
    init?(_ path: String) {
        var status = stat()
        guard unsafe path.withCString({ unsafe stat($0, &status) }) == 0 else { return nil }
        mode = status.st_mode
        owner = status.st_uid
        group = status.st_gid
        modifiedSeconds = Int64(status.st_mtim.tv_sec)
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
    }

    var isSocket: Bool { mode & S_IFMT == S_IFSOCK }

    func isSameFile(as other: FileStatus) -> Bool {
        device == other.device && inode == other.inode
    }

    var permissions: mode_t { mode & 0o777 }

    /// As `ls` users write it, such as `0660`.
    var permissionText: String {
        let digits = String(permissions, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

/// A user of the machine, and the groups it is in.
struct SystemUser {
    let id: uid_t
    let groups: Set<gid_t>

    /// - Returns: nil when there is no such user.
    init?(named name: String) {
        guard let entry = unsafe getpwnam(name) else { return nil }
        let primary = unsafe entry.pointee.pw_gid
        id = unsafe entry.pointee.pw_uid
        var count: Int32 = 256
        var list = [gid_t](repeating: 0, count: Int(count))
        // Fewer than all groups only when somebody is in more than 256: then what is missing counts as not there.
        let found = unsafe getgrouplist(name, primary, &list, &count)
        groups = Set(list.prefix(found >= 0 ? Int(found) : list.count)).union([primary])
    }

    /// Whether it may read and write a file like that: what connect(2) on a unix socket asks for.
    func mayWrite(_ file: FileStatus) -> Bool {
        if id == 0 { return true }
        if file.owner == id { return file.mode & S_IWUSR != 0 }
        if groups.contains(file.group) { return file.mode & S_IWGRP != 0 }
        return file.mode & S_IWOTH != 0
    }

    static func name(ofGroup group: gid_t) -> String {
        guard let entry = unsafe getgrgid(group), let name = unsafe entry.pointee.gr_name else { return "\(group)" }
        return unsafe String(cString: name)
    }
}
