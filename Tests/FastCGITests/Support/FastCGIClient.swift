import CFCGI
import Glibc

@testable import FastCGI

/// A FastCGI peer as nginx is one, and as nginx is not: it sends whatever bytes a test wants.
final class FastCGIClient {
    struct Answer: Equatable {
        var status: Int
        var header: String
        var body: String
    }

    struct Record: Equatable {
        var type: UInt8
        var id: UInt16
        var content: [UInt8]
    }

    let descriptor: Int32
    private var received: [UInt8] = []

    init(path: String, timeoutMilliseconds: Int = 8000) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var time = timeval(tv_sec: timeoutMilliseconds / 1000, tv_usec: timeoutMilliseconds % 1000 * 1000)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        let result = try unsafe UnixAddress(path).withPointer { unsafe connect(descriptor, $0, $1) }
        try SystemCall.check(result, "connect \(path)")
    }

    init(connected descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        _ = close(descriptor)
    }

    /// Sends a request and reads its answer; nil when there is none.
    func ask(
        _ target: String = "/", method: String = "POST", body: String = "", keeping: Bool = true,
        _ more: [(String, String)] = []
    ) -> Answer? {
        send(Self.request(target, method: method, body: body, keeping: keeping, more))
        return answer()
    }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    func finishSending() {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    /// - Returns: the answer's output up to END_REQUEST; nil when the connection ended or nothing came in time.
    func answer() -> Answer? {
        var output: [UInt8] = []
        while let record = record() {
            if record.type == FCGIRecord.standardOutput { output += record.content }
            if record.type == FCGIRecord.endRequest { return Self.parse(output) }
        }
        return nil
    }

    func record() -> Record? {
        guard let head = bytes(8), let content = bytes(Int(head[4]) << 8 | Int(head[5])), bytes(Int(head[6])) != nil
        else { return nil }
        return Record(type: head[1], id: UInt16(head[2]) << 8 | UInt16(head[3]), content: content)
    }

    /// Whether the server closed the connection.
    func isClosed() -> Bool {
        var byte: UInt8 = 0
        guard received.isEmpty else { return false }
        let count = unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK))
        return count == 0 || (count < 0 && errno != EAGAIN)
    }

    /// Whether nothing has arrived so far.
    func isSilent() -> Bool {
        received.isEmpty && Self.isSilent(descriptor)
    }

    /// Whether nothing has arrived that was not read.
    static func isSilent(_ descriptor: Int32) -> Bool {
        var byte: UInt8 = 0
        let flags = Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)
        return unsafe recv(descriptor, &byte, 1, flags) < 0 && errno == EAGAIN
    }

    private func bytes(_ count: Int) -> [UInt8]? {
        while received.count < count {
            var buffer = [UInt8](repeating: 0, count: 65536)
            let read = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard read > 0 else { return nil }
            received += buffer.prefix(read)
        }
        defer { received.removeFirst(count) }
        return Array(received.prefix(count))
    }

    private static func parse(_ output: [UInt8]) -> Answer? {
        let text = String(decoding: output, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n"), text.hasPrefix("Status: "),
            let status = Int(text.dropFirst(8).prefix(3))
        else { return nil }
        return Answer(
            status: status, header: String(text[..<end.lowerBound]), body: String(text[end.upperBound...]))
    }

    static func request(
        _ target: String = "/", method: String = "POST", body: String = "", keeping: Bool = true,
        _ more: [(String, String)] = []
    ) -> [UInt8] {
        let announced = [("CONTENT_LENGTH", body.isEmpty ? "" : String(body.utf8.count))]
        let parameters = [("REQUEST_METHOD", method), ("REQUEST_URI", target)] + announced + more
        return begin(keeping: keeping) + self.parameters(parameters) + input(Array(body.utf8)) + input([])
    }

    static func begin(keeping: Bool, id: UInt16 = 1) -> [UInt8] {
        record(FCGIRecord.beginRequest, [0, 1, keeping ? 1 : 0, 0, 0, 0, 0, 0], id: id)
    }

    static func parameters(_ pairs: [(String, String)]) -> [UInt8] {
        var content: [UInt8] = []
        for (name, value) in pairs {
            content += length(name.utf8.count) + length(value.utf8.count) + Array(name.utf8) + Array(value.utf8)
        }
        return record(FCGIRecord.parameters, content) + record(FCGIRecord.parameters, [])
    }

    /// STDIN records of at most 32 KB, as nginx makes them; an empty one ends the body.
    static func input(_ content: [UInt8]) -> [UInt8] {
        guard content.count > 32768 else { return record(FCGIRecord.standardInput, content) }
        return record(FCGIRecord.standardInput, Array(content.prefix(32768))) + input(Array(content.dropFirst(32768)))
    }

    static func record(_ type: UInt8, _ content: [UInt8], id: UInt16 = 1, version: UInt8 = 1) -> [UInt8] {
        [version, type, UInt8(id >> 8), UInt8(id & 255), UInt8(content.count >> 8), UInt8(content.count & 255), 0, 0]
            + content
    }

    private static func length(_ count: Int) -> [UInt8] {
        guard count >= 128 else { return [UInt8(count)] }
        return [UInt8(count >> 24) | 0x80, UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
    }
}
