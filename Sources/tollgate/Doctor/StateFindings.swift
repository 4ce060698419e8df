import Glibc
import Storage

/// Whether the state's folder can hold what must not be lost.
struct StateFindings {
    let folder: String

    func all() -> [Finding] {
        guard let status = FileStatus(folder) else {
            return [
                .wrong(
                    "state", "\(folder) is not there, or this user may not look into it",
                    "Run as root. systemd makes the folder at the first start: systemctl start tollgate")
            ]
        }
        return [permissions(status), volume(), space()] + [inodes()].compactMap(\.self)
    }

    private func permissions(_ status: FileStatus) -> Finding {
        guard status.permissions & 0o077 == 0 else {
            return .warning(
                "state folder", "\(folder) has mode \(status.permissionText); others can look into it",
                "Close it: chmod 0700 \(folder)")
        }
        return .right("state folder", "\(folder), mode \(status.permissionText)")
    }

    private func volume() -> Finding {
        do throws(Storage.FileError) {
            let volume = try PosixFileSystem().volume(of: folder)
            if let refusal = volume.refusal {
                return .wrong("disk", refusal, "Move the folder to a local ext4 or XFS volume and name it as \"state\"")
            }
            if let warning = volume.warnings.first {
                return .wrong("disk", warning, "Move the folder to a journaled local volume, mounted with barriers")
            }
            return .right("disk", "a local volume; what is flushed there stays")
        } catch {
            return .unknown("disk", "its kind could not be found out: \(error)", "Look: findmnt -T \(folder)")
        }
    }

    // MARK: Room

    /// Below it the service would soon have to refuse purchases.
    private static let wantedBytes: UInt64 = 1 << 30
    private static let neededBytes: UInt64 = 64 << 20

    private func space() -> Finding {
        guard let status = fileSystem() else { return .unknown("space", "unknown", "Look: df \(folder)") }
        let free = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
        let text = "\(free >> 20) MiB free"
        if free < StateFindings.neededBytes {
            return .wrong("space", text, "Make room now: without space every purchase is refused")
        }
        if free < StateFindings.wantedBytes {
            return .warning("space", text, "Make room: at least 1 GiB should be free")
        }
        return .right("space", text)
    }

    /// nil where the file system does not count them (Btrfs, XFS say 0).
    private func inodes() -> Finding? {
        guard let status = fileSystem(), status.f_files > 0 else { return nil }
        let text = "\(status.f_favail) free"
        if status.f_favail < 1000 {
            return .wrong("inodes", text, "Remove small files from the volume: no new journal file can be made soon")
        }
        return .right("inodes", text)
    }

    private func fileSystem() -> statvfs? {
        var status = statvfs()
        guard unsafe folder.withCString({ unsafe statvfs($0, &status) }) == 0 else { return nil }
        return status
    }
}
