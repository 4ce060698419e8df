import Foundation
import Logging

@testable import FastCGI

/// A server on a socket in a directory of its own.
final class TestServer {
    let directory: String
    let path: String
    let server: Server

    init(_ server: Server, directory: String, path: String) throws {
        self.server = server
        self.directory = directory
        self.path = path
        try server.start()
    }

    deinit {
        server.stop()
        try? FileManager.default.removeItem(atPath: directory)
    }

    func connect(timeoutMilliseconds: Int = 8000) throws -> FastCGIClient {
        try FastCGIClient(path: path, timeoutMilliseconds: timeoutMilliseconds)
    }
}

func makeServer(
    _ configuration: ServerConfiguration = makeConfiguration(), accessLog: AccessLog? = nil,
    handler: any RequestHandler = ClosureHandler.echo,
    recording: (any BatchRecording)? = nil
) throws -> TestServer {
    let directory = try makeDirectory()
    let path = directory + "/s.sock"
    let server = Server(
        configuration: configuration,
        listeners: [Listener(role: .public, source: .unix(UnixSocket(path: path, mode: 0o600)))], handler: handler,
        accessLog: accessLog, recording: recording, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    return try TestServer(server, directory: directory, path: path)
}

func makeConfiguration(
    blockingThreads: Int = 2, blockingQueue: Int = 16, heldAnswers: Int = 64, limits: Limits = Limits(),
    receiveTimeoutMilliseconds: Int = 300, drainTimeoutMilliseconds: Int = 3000
) -> ServerConfiguration {
    ServerConfiguration(
        workers: 2, blockingThreads: blockingThreads, blockingQueue: blockingQueue, heldAnswers: heldAnswers,
        limits: limits, receiveTimeoutMilliseconds: receiveTimeoutMilliseconds, sendTimeoutMilliseconds: 1000,
        drainTimeoutMilliseconds: drainTimeoutMilliseconds)
}

/// A new directory with a short path: a socket's path may have 107 bytes.
func makeDirectory() throws -> String {
    let directory = "/tmp/fcgi-\(UUID().uuidString.prefix(13))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    return directory
}

/// Waits for something another thread does; false when it did not happen within five seconds.
func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<30_000 {
        if condition() { return true }
        usleep(1000)
    }
    return false
}
