import CFCGI
import Glibc

extension FCGILibrary {
    /// Serves two requests of our own over a socket pair: one whose connection is kept, one whose is closed.
    ///
    /// `ipcFd` and its neighbours stand under "Don't use anything below here" in fcgiapp.h. A library that treats them
    /// otherwise must be found here, not by the first payment.
    static func selfTest(_ configuration: ServerConfiguration) throws(FastCGIError) {
        var pair: [Int32] = [-1, -1]
        try SystemCall.check(
            unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair),
            "No socket pair can be made for the self-test")
        let peer = Connection(descriptor: pair[0], role: .public)
        let ours = Connection(descriptor: pair[1], role: .public)
        defer { peer.close() }
        peer.setTimeouts(configuration)
        ours.setTimeouts(configuration)
        let exchange = Exchange()
        guard let kept = try serve(exchange, ours, peer, keeping: true, configuration), kept.descriptor == pair[1]
        else {
            throw unfit("it did not keep a connection")
        }
        guard try serve(exchange, kept, peer, keeping: false, configuration) == nil else {
            throw unfit("it did not close a connection")
        }
        guard readAnswer(peer).isEmpty else { throw unfit("it wrote after the end of an answer") }
    }

    /// - Returns: the connection, if it was kept.
    private static func serve(
        _ exchange: Exchange, _ ours: Connection, _ peer: Connection, keeping: Bool,
        _ configuration: ServerConfiguration
    ) throws(FastCGIError) -> Connection? {
        let bytes = testRequest(keeping: keeping)
        guard unsafe write(peer.descriptor, bytes, bytes.count) == bytes.count else {
            throw unfit("its test request cannot be written")
        }
        guard case .request(let request) = exchange.receive(from: ours, configuration), request.body == testBody else {
            throw unfit("it did not read a request from a connection it was given")
        }
        let sent = exchange.send(Response(status: 200, body: testBody))
        let answer = readAnswer(peer)
        let output = answer.dropFirst(8).prefix(sent.bytes)
        guard answer.starts(with: record(FCGIRecord.standardOutput, []).prefix(4)),
            output.count == sent.bytes, output.suffix(testBody.count).elementsEqual(testBody),
            answer.suffix(16).elementsEqual(record(FCGIRecord.endRequest, [UInt8](repeating: 0, count: 8)))
        else { throw unfit("its answer is not the one expected") }
        return sent.kept
    }

    private static let testBody = Array("self-test".utf8)

    private static func testRequest(keeping: Bool) -> [UInt8] {
        var pairs: [UInt8] = []
        for (name, value) in [
            ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/"), ("CONTENT_LENGTH", "\(testBody.count)"),
        ] {
            pairs += [UInt8(name.utf8.count), UInt8(value.utf8.count)] + Array(name.utf8) + Array(value.utf8)
        }
        return record(FCGIRecord.beginRequest, [0, 1, keeping ? 1 : 0, 0, 0, 0, 0, 0])
            + record(FCGIRecord.parameters, pairs) + record(FCGIRecord.parameters, [])
            + record(FCGIRecord.standardInput, testBody) + record(FCGIRecord.standardInput, [])
    }

    private static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        [FCGIRecord.version, type, 0, 1, 0, UInt8(content.count), 0, 0] + content
    }

    private static func readAnswer(_ peer: Connection) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = unsafe read(peer.descriptor, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }

    private static func unfit(_ what: String) -> FastCGIError {
        FastCGIError("The installed libfcgi is not one this program can use: \(what).")
    }
}
