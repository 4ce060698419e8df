import Foundation
import Testing

@testable import FastCGI

struct ListeningSocketTests {
    private static func make(_ path: String, mode: UInt32 = 0o660, group: String? = nil) throws -> ListeningSocket {
        try ListeningSocket(
            Listener(role: .public, source: .unix(UnixSocket(path: path, mode: mode, group: group))))
    }

    private static func withDirectory(_ body: (String) throws -> Void) throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(directory)
    }

    @Test(arguments: [0o600, 0o660, 0o666] as [UInt32])
    func `the socket has its mode and group, whatever the umask`(mode: UInt32) throws {
        try Self.withDirectory { directory throws in
            let socket = try Self.make(directory + "/s", mode: mode, group: getgid() == 0 ? "www-data" : nil)
            defer { socket.close() }
            var status = stat()
            #expect(unsafe lstat(directory + "/s", &status) == 0)
            #expect(status.st_mode & 0o777 == mode)
            if getgid() == 0 { #expect(unsafe status.st_gid == getgrnam("www-data")?.pointee.gr_gid) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["s"])
        }
    }

    @Test func `a stale socket file is replaced`() throws {
        try Self.withDirectory { directory throws in
            try Self.make(directory + "/s").close()
            #expect(FileManager.default.fileExists(atPath: directory + "/s"))
            let socket = try Self.make(directory + "/s")
            defer { socket.close() }
            _ = try FastCGIClient(path: directory + "/s")
            #expect(socket.accept() != nil)
        }
    }

    @Test func `a live socket is an error that names it, and goes on working`() throws {
        try Self.withDirectory { directory throws in
            let socket = try Self.make(directory + "/s")
            defer { socket.close() }
            #expect { try Self.make(directory + "/s") } throws: { error in
                let advice = "Stop it, or configure another path for this one."
                return "\(error)" == "Another process listens on \(directory)/s. \(advice)"
            }
            _ = try FastCGIClient(path: directory + "/s")
        }
    }

    @Test func `a file that is no socket is never replaced`() throws {
        try Self.withDirectory { directory throws in
            try "precious".write(toFile: directory + "/s", atomically: false, encoding: .utf8)
            #expect(throws: FastCGIError.self) { try Self.make(directory + "/s") }
            #expect(try String(contentsOfFile: directory + "/s", encoding: .utf8) == "precious")
        }
    }

    @Test(arguments: [
        "/nowhere/s", "/tmp/" + String(repeating: "x", count: 120), "",
    ])
    func `a path that cannot be is an error`(path: String) {
        #expect(throws: FastCGIError.self) { try Self.make(path) }
    }

    @Test func `an unknown group is an error, and leaves nothing behind`() throws {
        try Self.withDirectory { directory throws in
            #expect(throws: FastCGIError.self) { try Self.make(directory + "/s", group: "no-such-group") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
        }
    }

    @Test func `a socket file another process put in place of ours is not removed`() throws {
        try Self.withDirectory { directory throws in
            let ours = try Self.make(directory + "/s")
            _ = unsafe unlink(directory + "/s")
            let theirs = try Self.make(directory + "/s")
            defer { theirs.close() }
            ours.unlinkIfOurs()
            ours.close()
            _ = try FastCGIClient(path: directory + "/s")
            theirs.unlinkIfOurs()
            #expect(!FileManager.default.fileExists(atPath: directory + "/s"))
        }
    }

    @Test func `an inherited descriptor must be listening`() throws {
        try Self.withDirectory { directory throws in
            let socket = try Self.make(directory + "/s")
            defer { socket.close() }
            let inherited = try ListeningSocket(
                Listener(role: .admin, source: .inherited(descriptor: socket.descriptor)))
            #expect(!inherited.isOurs && !inherited.isBlocking && inherited.role == .admin)
            let other = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
            defer { close(other) }
            #expect(throws: FastCGIError.self) {
                try ListeningSocket(Listener(role: .public, source: .inherited(descriptor: other)))
            }
        }
    }
}
