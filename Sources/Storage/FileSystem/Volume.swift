/// The volume that holds the store, as far as it decides whether an acknowledged record survives a power cut.
package struct Volume: Sendable, Equatable {
    /// Network and user-space file systems, whose lock and flush we cannot trust: refused unless forced.
    package let refusal: String?
    /// Said loudly at start and in the health answer.
    package let warnings: [String]

    package init(refusal: String?, warnings: [String]) {
        self.refusal = refusal
        self.warnings = warnings
    }

    init(_ mount: Mount) {
        var warnings: [String] = []
        switch mount.type {
        case "tmpfs", "ramfs":
            warnings.append("The store is on a memory file system: nothing survives a restart of the machine.")
        case "ext4" where !mount.hasJournal:
            warnings.append("The store is on ext4 without a journal: a power cut can damage the whole volume.")
        case "overlay" where mount.options.contains("volatile"):
            warnings.append("The store is on a volatile overlay: nothing is ever flushed to the disk.")
        default:
            break
        }
        if mount.options.contains("nobarrier") || mount.options.contains("barrier=0") {
            warnings.append("The store's volume has no write barriers: a power cut can lose acknowledged records.")
        }
        let isRemote = ["nfs", "cifs", "smb", "fuse", "9p", "ceph"].contains { mount.type.hasPrefix($0) }
        let advice = "where a lock and a flush may mean nothing. Move it to a local ext4 or XFS volume."
        self.init(refusal: isRemote ? "The store is on \(mount.type), \(advice)" : nil, warnings: warnings)
    }
}
