import CCurl
import Glibc

/// Whose certificates are believed: the system's authorities, and one file more where the administrator names one.
package struct CertificateAuthorities: Sendable {
    /// All of them as PEM; nil for just the system's, which libcurl finds itself.
    let certificates: [UInt8]?

    private static let maximumExtraBytes = 256 * 1024
    private static let maximumSystemBytes = 4 * 1024 * 1024
    private static let mark = Array("-----BEGIN CERTIFICATE-----".utf8)

    package static let system = CertificateAuthorities(certificates: nil)

    private init(certificates: [UInt8]?) {
        self.certificates = certificates
    }

    /// The system's authorities and those of a PEM file. Both are read now: a file changed later has no effect.
    package init(adding path: String) throws(SettingError) {
        let extra = try CertificateAuthorities.read(path, maximumBytes: CertificateAuthorities.maximumExtraBytes)
        guard extra.firstRange(of: CertificateAuthorities.mark) != nil else {
            throw SettingError(
                "\(path) holds no certificate (-----BEGIN CERTIFICATE-----). Name a file in PEM form")
        }
        guard let bundle = CertificateAuthorities.systemBundle else {
            throw SettingError("libcurl does not say where the system's certificates are; install ca-certificates")
        }
        let system = try CertificateAuthorities.read(bundle, maximumBytes: CertificateAuthorities.maximumSystemBytes)
        certificates = system + [UInt8(ascii: "\n")] + extra
    }

    /// The file libcurl was built to trust.
    private static var systemBundle: String? {
        guard let handle = try? CurlHandle() else { return nil }  // the caller names the loss
        return handle.text(CURLINFO_CAINFO)
    }

    private static func read(_ path: String, maximumBytes: Int) throws(SettingError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= maximumBytes else {
                throw SettingError("\(path) is larger than \(maximumBytes) bytes")
            }
        }
    }

    private static func unreadable(_ path: String) -> SettingError {
        guard let reason = unsafe strerror(errno) else { return SettingError("\(path) cannot be read") }
        return SettingError("\(path): \(unsafe String(cString: reason))")
    }
}
