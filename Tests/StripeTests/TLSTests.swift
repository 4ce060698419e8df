import Foundation
import Glibc
import Testing

@testable import Stripe
@testable import fake_stripe

/// Certificates made on the spot, served by OpenSSL.
@Suite(.serialized) struct TLSTests {
    private func outcome(_ authority: Authority, port: UInt16, trusts: Bool) throws -> HTTPOutcome {
        let authorities =
            trusts ? try CertificateAuthorities(adding: authority.certificatePath) : CertificateAuthorities.system
        var settings = HTTPSettings(version: "1", authorities: authorities)
        try settings.setTimeouts(connectMilliseconds: 5_000, totalMilliseconds: 5_000)
        return HTTPClient(settings).send(HTTPRequest(.get, try BaseURL("https://127.0.0.1:\(port)"), "/"))
    }

    private func reason(_ outcome: HTTPOutcome) -> String {
        switch outcome {
        case .answered(let answer): "answered \(answer.status)"
        case .neverSent(let reason): "never sent: \(reason)"
        case .maybeSent(_, let reason): "maybe sent: \(reason)"
        }
    }

    @Test func `a certificate of the authority named is accepted, and of nobody known it is not`() throws {
        let authority = try Authority()
        let server = try authority.serve(name: "IP:127.0.0.1")
        defer { server.stop() }
        #expect(reason(try outcome(authority, port: server.port, trusts: true)) == "answered 200")
        #expect(reason(try outcome(authority, port: server.port, trusts: false)).hasPrefix("never sent: SSL"))
    }

    @Test func `a certificate for another name is refused`() throws {
        let authority = try Authority()
        let server = try authority.serve(name: "DNS:api.stripe.com")
        defer { server.stop() }
        #expect(reason(try outcome(authority, port: server.port, trusts: true)).hasPrefix("never sent: SSL"))
    }

    @Test func `a certificate of another authority of the same name is refused`() throws {
        let (authority, other) = (try Authority(), try Authority())
        let server = try other.serve(name: "IP:127.0.0.1")
        defer { server.stop() }
        #expect(reason(try outcome(authority, port: server.port, trusts: true)).hasPrefix("never sent: SSL"))
    }

    @Test func `a server that speaks no TLS 1.2 is refused`() throws {
        let authority = try Authority()
        let server = try authority.serve(name: "IP:127.0.0.1", options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
        defer { server.stop() }
        #expect(reason(try outcome(authority, port: server.port, trusts: true)).hasPrefix("never sent: "))
    }

    @Test func `a file without a certificate, or without bytes to read, is refused in plain words`() throws {
        let authority = try Authority()
        let missing = #expect(throws: SettingError.self) {
            try CertificateAuthorities(adding: authority.folder.appending(path: "nowhere.pem").path)
        }
        #expect(missing?.message.hasSuffix("nowhere.pem: No such file or directory") == true)
        let empty = #expect(throws: SettingError.self) {
            try CertificateAuthorities(adding: authority.folder.appending(path: "ca.key").path)
        }
        #expect(empty?.message.contains("holds no certificate") == true)
    }
}

/// A certificate authority in a folder of its own.
private final class Authority {
    let folder: URL
    var certificatePath: String { folder.appending(path: "ca.pem").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tollgate-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem")
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)  // what is left lies in the temporary folder
    }

    func serve(name: String, options: [String] = []) throws -> TLSServer {
        try openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=server", "-keyout",
            "server.key", "-out", "server.csr")
        try Data("subjectAltName=\(name)\n".utf8).write(to: folder.appending(path: "extensions"))
        try openssl(
            "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "extensions", "-out", "server.pem")
        return try TLSServer(folder: folder, options: options)
    }

    private func openssl(_ arguments: String...) throws {
        let process = TLSServer.openssl(arguments, in: folder)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw SettingError("openssl \(arguments) failed") }
    }
}

private final class TLSServer {
    let port: UInt16
    private let process: Process

    init(folder: URL, options: [String]) throws {
        port = try Port.closed()
        process = TLSServer.openssl(
            ["s_server", "-accept", "127.0.0.1:\(port)", "-cert", "server.pem", "-key", "server.key", "-www", "-quiet"]
                + options, in: folder)
        try process.run()
        for _ in 0..<200 where !answers() { usleep(20_000) }
    }

    func stop() {
        // Not SIGTERM: the thread that started it may block that signal, and the child has inherited this.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private func answers() -> Bool {
        guard let peer = try? Peer.connect(port: port) else { return false }
        peer.finish()
        return true
    }

    static func openssl(_ arguments: [String], in folder: URL) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        return process
    }
}
