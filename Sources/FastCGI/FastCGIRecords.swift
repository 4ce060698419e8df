import Glibc

/// The records a client of ours writes and reads (FastCGI specification, sections 3 and 5).
enum FastCGIRecords {
    /// A record's content length has 16 bits; nginx sends bodies in pieces of this size too.
    private static let maximumContent = 32_768
    /// The one request of a connection.
    private static let requestNumber: UInt8 = 1
    private static let responderRole: UInt8 = 1

    /// A whole request whose connection is closed after the answer.
    static func request(method: String, target: String, body: [UInt8]) -> [UInt8] {
        var parameters: [UInt8] = []
        for (name, value) in [
            ("REQUEST_METHOD", method), ("REQUEST_URI", target), ("CONTENT_TYPE", "application/json"),
            ("CONTENT_LENGTH", "\(body.count)"), ("SERVER_PROTOCOL", "HTTP/1.1"),
        ] {
            appendLength(name.utf8.count, to: &parameters)
            appendLength(value.utf8.count, to: &parameters)
            parameters += Array(name.utf8) + Array(value.utf8)
        }
        var bytes: [UInt8] = []
        append(FCGIRecord.beginRequest, [0, responderRole, 0, 0, 0, 0, 0, 0], to: &bytes)
        appendStream(FCGIRecord.parameters, parameters, to: &bytes)
        appendStream(FCGIRecord.standardInput, body, to: &bytes)
        return bytes
    }

    /// Records of as much as one may hold, and an empty one that ends the stream.
    private static func appendStream(_ type: UInt8, _ content: [UInt8], to bytes: inout [UInt8]) {
        var rest = content[...]
        while !rest.isEmpty {
            append(type, rest.prefix(maximumContent), to: &bytes)
            rest = rest.dropFirst(maximumContent)
        }
        append(type, [], to: &bytes)
    }

    private static func append(_ type: UInt8, _ content: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        let length = UInt16(content.count)
        bytes += [FCGIRecord.version, type, 0, requestNumber]
        bytes += [UInt8(length >> 8), UInt8(truncatingIfNeeded: length), 0, 0]
        bytes += content
    }

    /// One byte up to 127, else four with the highest bit set (section 3.4).
    private static func appendLength(_ length: Int, to bytes: inout [UInt8]) {
        guard length > 127 else { return bytes.append(UInt8(length)) }
        let long = UInt32(length) | 1 << 31
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: long >> UInt32(shift))) }
    }

    struct Record {
        var type: UInt8
        var content: [UInt8]
    }

    /// What comes over a connection, record by record.
    struct Input {
        let descriptor: Int32
        private var received: [UInt8] = []

        init(descriptor: Int32) {
            self.descriptor = descriptor
        }

        mutating func next() throws(FastCGIClientError) -> Record {
            let head = try take(8)
            guard head[0] == FCGIRecord.version else { throw .unanswered("The answer cannot be understood.") }
            let content = try take(Int(head[4]) << 8 | Int(head[5]))
            _ = try take(Int(head[6]))
            return Record(type: head[1], content: content)
        }

        private mutating func take(_ count: Int) throws(FastCGIClientError) -> [UInt8] {
            while received.count < count {
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let length = unsafe recv(descriptor, &buffer, buffer.count, 0)
                if length < 0, errno == EINTR { continue }
                guard length > 0 else { throw .unanswered(reason(length)) }
                received += buffer.prefix(length)
            }
            defer { received.removeFirst(count) }
            return Array(received.prefix(count))
        }

        private func reason(_ length: Int) -> String {
            if length == 0 { return "The connection was closed before the answer." }
            if errno == EAGAIN { return "There was no answer in time." }
            return SystemCall.reason(errno)
        }
    }
}
