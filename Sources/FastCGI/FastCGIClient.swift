import CFCGI
import Glibc

/// Asks a FastCGI responder over its unix socket, as nginx does: one request, one connection.
package struct FastCGIClient: Sendable {
    package struct Answer: Sendable, Equatable {
        package var status: Int
        package var body: [UInt8]
    }

    private static let maximumAnswerBytes = 64 << 20

    private let path: String
    private let timeoutMilliseconds: Int

    /// - Parameter timeoutMilliseconds: how long the responder may be silent.
    package init(socket path: String, timeoutMilliseconds: Int) {
        self.path = path
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// Sends one request with a JSON body, or none, and waits for its answer.
    ///
    /// - Parameter target: path and query, as REQUEST_URI has them.
    package func ask(
        method: String, target: String, body: [UInt8] = []
    ) throws(FastCGIClientError) -> Answer {
        let connection = try connect()
        defer { connection.close() }
        let request = FastCGIRecords.request(method: method, target: target, body: body)
        // Whatever is cut short the responder refuses, so a failure up to here means that nothing was done.
        guard send(request, over: connection) else { throw .unusable(SystemCall.reason(errno)) }
        return try receive(from: connection)
    }

    private func connect() throws(FastCGIClientError) -> Connection {
        let address: UnixAddress
        do throws(FastCGIError) {
            address = try UnixAddress(path)
        } catch {
            throw .unusable(error.message)
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .unusable(SystemCall.reason(errno)) }
        let connection = Connection(descriptor: descriptor, role: .admin)
        // SO_SNDTIMEO bounds connect(2) as well.
        connection.setTimeouts(
            receiveMilliseconds: timeoutMilliseconds, sendMilliseconds: timeoutMilliseconds)
        guard unsafe address.withPointer({ unsafe Glibc.connect(descriptor, $0, $1) }) == 0 else {
            let code = errno
            connection.close()
            throw FastCGIClientError(connecting: code)
        }
        return connection
    }

    /// In one go as far as the kernel takes it: the server closes a connection whose first bytes are not a request.
    private func send(_ bytes: [UInt8], over connection: Connection) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes { rest in
                unsafe Glibc.send(connection.descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if count == 0 || errno != EINTR {
                return false
            }
        }
        return true
    }

    private func receive(from connection: Connection) throws(FastCGIClientError) -> Answer {
        var input = FastCGIRecords.Input(descriptor: connection.descriptor)
        var output: [UInt8] = []
        while true {
            let record = try input.next()
            if record.type == FCGIRecord.standardOutput { output += record.content }
            guard output.count <= Self.maximumAnswerBytes else { throw .unanswered("The answer is too long.") }
            guard record.type == FCGIRecord.endRequest else { continue }
            // protocolStatus, the fifth byte: 0 is FCGI_REQUEST_COMPLETE (specification, section 5.5).
            guard record.content.count == 8, record.content[4] == 0, let answer = Answer(output) else {
                throw .unanswered("The answer cannot be understood.")
            }
            return answer
        }
    }
}

extension FastCGIClient.Answer {
    /// Reads a CGI answer: header lines with `Status:`, an empty line, the body; nil for anything else.
    init?(_ output: [UInt8]) {
        var status: Int?
        var start = output.startIndex
        while let end = output[start...].firstIndex(of: UInt8(ascii: "\n")) {
            var line = output[start..<end]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            start = end + 1
            if line.isEmpty {
                guard let status else { return nil }
                self.init(status: status, body: Array(output[start...]))
                return
            }
            let text = String(decoding: line, as: UTF8.self)
            if text.lowercased().hasPrefix("status: ") { status = Int(text.dropFirst(8).prefix(3)) }
        }
        return nil
    }
}
