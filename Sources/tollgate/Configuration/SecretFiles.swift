import API
import Glibc
import Payments

/// Reads secrets from the files the configuration names: systemd's credentials when there are any, else files beside
/// the configuration. Never from the command line or the environment, where others can read them.
struct SecretFiles {
    static let maximumBytes = 4096

    let source: ConfigurationSource
    var acceptsSamples = false
    private(set) var warnings: [String] = []
    /// The files read.
    private(set) var files: [String] = []
    /// Secrets read, with the shop whose they are: one secret cannot speak for two shops, or both environments.
    private var owners: [[UInt8]: String] = [:]
    private let supply: SecretSupply

    init(source: ConfigurationSource, supply: SecretSupply) {
        self.source = source
        self.supply = supply
    }

    /// The secret in the file that `key` names in its member `file`; a trailing newline does not belong to it.
    ///
    /// - Parameter owner: the shop and environment the key speaks for.
    mutating func read(_ key: ConfigurationObject, of owner: Shop) throws(ConfigurationError) -> Secret {
        try read(key, of: "\(owner.id) in \(owner.environment.rawValue)")
    }

    /// As above, for a secret of no shop.
    ///
    /// - Parameter owner: what the secret is good for, in words for the administrator.
    mutating func read(_ key: ConfigurationObject, of owner: String) throws(ConfigurationError) -> Secret {
        let name = try key.requiredString("file")
        let resolved = source.resolve(name)
        let handedOver = supply.handedOver(resolved)
        let path = handedOver == nil ? place(of: name, resolved) : resolved
        var bytes: [UInt8]
        do throws(FileError) {
            if let handedOver {
                bytes = handedOver
            } else {
                bytes = try TextFile.read(path, maximumBytes: SecretFiles.maximumBytes)
            }
        } catch {
            throw key.fault(
                at: "file", "secret \(path): \(error.message). Put the secret there, as one line (mode 0600)")
        }
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
        try check(bytes, path, key, owner)
        files.append(path)
        return Secret(bytes)
    }

    private mutating func check(
        _ bytes: [UInt8], _ path: String, _ key: ConfigurationObject, _ owner: String
    ) throws(ConfigurationError) {
        guard !bytes.isEmpty else {
            throw key.fault(at: "file", "secret \(path): the file is empty. Put the secret there")
        }
        if !acceptsSamples, SampleSecrets.contains(bytes) {
            throw key.fault(
                at: "file",
                "secret \(path): this is a sample from the documentation, which everybody knows. Put your own there "
                    + "(Stash Studio shows it once; or make one: openssl rand -base64 32), or write \"demo\": true")
        }
        // One secret may be written in several ways; what counts is every key it can be read as.
        for (_, bytes) in KeyReading.auto.keys(of: bytes) {
            if let other = owners[bytes], other != owner {
                throw key.fault(
                    at: "file",
                    "secret \(path): the same secret speaks for \(other); a shop, or another use, needs its own")
            }
            owners[bytes] = owner
        }
        if acceptsSamples { return }
        // What was handed over is no file: who read it has looked at the file's mode.
        if supply.handedOver(path) == nil, !supply.toleratesOpenFiles, TextFile.isReadableByOthers(path) {
            throw key.fault(
                at: "file",
                "secret \(path): every user can read this secret. Close it (chmod 0600 \(path)), and replace the secret "
                    + "where somebody else may have read it")
        }
        if bytes.count < 16 {
            warnings.append("\(path): this secret has only \(bytes.count) bytes; 16 or more are hard to guess")
        }
    }

    /// The service reads systemd's copies. Root reads the files, which may be newer, and of a secret that is only there as
    /// a credential, such as an encrypted one, the running service's copy.
    private func place(of name: String, _ resolved: String) -> String {
        if supply.usesCredentials, let copy = credential(name, in: Environment.value("CREDENTIALS_DIRECTORY")) {
            return copy
        }
        if TextFile.exists(resolved) { return resolved }
        return credential(name, in: SecretFiles.serviceCredentials) ?? resolved
    }

    private static let serviceCredentials = "/run/credentials/tollgate.service"

    /// systemd's copy of a credential (systemd.exec(5)), named by the file's last part: one of a drop-in's
    /// `LoadCredential=NAME:…` or `LoadCredentialEncrypted=NAME:…`, else one of the folder that the unit hands over as
    /// `LoadCredential=secrets:FOLDER`.
    private func credential(_ name: String, in folder: String?) -> String? {
        guard let folder, let last = name.split(separator: "/").last else { return nil }
        return ["\(folder)/\(last)", "\(folder)/secrets_\(last)"].first(where: TextFile.exists)
    }
}

/// The secrets of our documentation and of the demo: a production start refuses them.
enum SampleSecrets {
    private static let texts: [StaticString] = [
        "cad1", "-yBFao-02f4jSG2St9wBJktwlbrfBClOc5i94gcsUXY=", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "demo-merchant-pepper-0000000000000000", "demo-jwt-secret", "sk_test_PLAT", "whsec_test_secret",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        // What the package puts in place, so that a start before the configuration is done says what is missing.
        "sample-replace-this-by-your-own",
    ]

    static func contains(_ secret: [UInt8]) -> Bool {
        texts.contains { "\($0)".utf8.elementsEqual(secret) }
    }
}
