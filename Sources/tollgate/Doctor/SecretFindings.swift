import Glibc

/// Whether the secrets the configuration names are old, or open to others.
struct SecretFindings {
    /// The secret files, as the configuration names them.
    let files: [String]
    let nowMilliseconds: Int64

    /// Rotated once a year, a key is in at most one year's backups and laptops.
    private static let oldDays: Int64 = 365

    func all() -> [Finding] {
        var findings: [Finding] = []
        var oldest: Int64 = 0
        for file in files {
            guard let status = FileStatus(file) else { continue }  // `check` told about it
            if status.permissions & 0o007 != 0 {
                findings.append(
                    .wrong(
                        "secret", "\(file) has mode \(status.permissionText): every user can use it",
                        "Close it: chmod 0600 \(file); then rotate the key, it may have been read"))
            }
            let days = (nowMilliseconds / 1000 - status.modifiedSeconds) / 86_400
            oldest = max(oldest, days)
            if days > SecretFindings.oldDays {
                findings.append(
                    .warning(
                        "key age", "\(file) is \(days) days old",
                        "Rotate it: add a second key beside it, switch the other side, remove this one"))
            }
        }
        if findings.isEmpty {
            findings.append(.right("secrets", "\(files.count) files, closed to others, the oldest \(oldest) days old"))
        }
        return findings
    }
}
