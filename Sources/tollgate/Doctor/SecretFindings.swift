import API
import Glibc
import Payments

/// Whether the secrets the configuration names are old, open to others, or end soon.
struct SecretFindings {
    /// The secret files, as the configuration names them.
    private let files: [String]
    private let shops: [ShopKeys]
    private let nowMilliseconds: Int64

    init(_ configuration: Configuration, nowMilliseconds: Int64) {
        files = configuration.secretFiles
        shops = configuration.shops
        self.nowMilliseconds = nowMilliseconds
    }

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
        findings += ends()
        if findings.isEmpty {
            findings.append(.right("secrets", "\(files.count) files, closed to others, the oldest \(oldest) days old"))
        }
        return findings
    }

    /// Keys whose `validUntil` is past, or near.
    private func ends() -> [Finding] {
        shops.flatMap { shop in
            let keys = shop.purchaseKeys.map { ($0.name, $0.validity) } + shop.egressKeys.map { ($0.name, $0.validity) }
            return keys.compactMap { name, validity in
                validity.until.flatMap {
                    KeyEnd.finding(
                        "\(name)\" of \(shop.shop.id) (\(shop.shop.environment.rawValue))", until: $0,
                        nowMilliseconds)
                }
            }
        }
    }
}

/// A key that ends.
enum KeyEnd {
    private static let soonDays: Int64 = 14

    /// - Parameters:
    ///   - key: its name, a closing quotation mark, and whose it is.
    ///   - now: milliseconds since the Unix epoch.
    /// - Returns: nil while there is time.
    static func finding(_ key: String, until: Int64, _ now: Int64) -> Finding? {
        let (difference, overflow) = until.subtractingReportingOverflow(now)
        let left = overflow ? (until < now ? .min : .max) : difference
        guard left < soonDays * 86_400_000 else { return nil }
        if left <= 0 {
            return .warning(
                "key end", "\"\(key) ended on \(Moment.text(until)): calls with it are refused",
                "Take it away, or give its owner a new one: /usr/share/doc/tollgate/configuration.md, \"Rotating a key\""
            )
        }
        return .warning(
            "key end", "\"\(key) ends in \(Elapsed.text(left))",
            "Add its successor beside it and switch the other side before: /usr/share/doc/tollgate/configuration.md, "
                + "\"Rotating a key\"")
    }
}
