import Payments
import Storage

extension Configuration {
    /// What is served, in a few words.
    var summary: String { "\(shops.count) \(shops.count == 1 ? "shop" : "shops")" }

    /// Why a running service cannot take over `next`, as a sentence; nil when it can.
    func obstacle(to next: Configuration) -> String? {
        let pairs = [
            ("state", state, next.state),
            ("listen", Configuration.text(listen), Configuration.text(next.listen)),
            ("admin", Configuration.text(admin), Configuration.text(next.admin)),
        ]
        for (key, present, wanted) in pairs where !present.hasSameBytes(as: wanted) {
            return "\"\(key)\" cannot change in a running service, from \(present) to \(wanted). Restart it instead: "
                + "systemctl restart tollgate. No request is lost."
        }
        return nil
    }

    private static func text(_ socket: SocketSettings?) -> String {
        guard let socket else { return "none" }
        let group = socket.group.map { ", group \($0)" } ?? ""
        return "\(socket.path) (mode \(String(socket.mode, radix: 8))\(group))"
    }

    /// The secrets that the next start would not find, although this service was handed them: a sentence for each.
    ///
    /// - Parameter file: the configuration's path.
    func missingCredentials(_ file: String) -> [String] {
        guard let credentials = Environment.value("CREDENTIALS_DIRECTORY") else { return [] }
        let folder = ConfigurationSource(file: file, bytes: []).resolve("secrets/")
        // Unreadable: nothing of the kind can be said then.
        let names = (try? PosixFileSystem().list(credentials)) ?? []
        let isFolderHandedOver = names.contains { $0.hasPrefix("secrets_") }
        return secretFiles.compactMap { path in
            guard let name = path.split(separator: "/").last, !path.hasPrefix(credentials) else { return nil }
            let isKnown = names.contains { $0.hasSameBytes(as: String(name)) || $0.hasSameBytes(as: "secrets_\(name)") }
            if isKnown || (isFolderHandedOver && path.hasPrefix(folder)) { return nil }
            return "\(path) is not among the credentials systemd hands over. Before the next start add "
                + "LoadCredential=\(name):\(path) to the unit (systemctl edit tollgate)."
        }
    }
}
