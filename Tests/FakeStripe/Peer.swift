import Glibc

/// One connection: bytes in, bytes out.
struct Peer: Sendable {
    let descriptor: Int32

    private static let maximumHeadBytes = 64 * 1024
    private static let maximumBodyBytes = 1024 * 1024

    /// Connects to a port of this machine.
    static func connect(port: UInt16) throws(SocketError) -> Peer {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw .last("socket") }
        var address = loopback(port: port)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let error = SocketError.last("connect to 127.0.0.1:\(port)")
            close(descriptor)
            throw error
        }
        return Peer(descriptor: descriptor)
    }

    static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// Reads one message: its head, and as much body as `Content-Length` says.
    ///
    /// - Returns: nil when the connection ends first, or the message is larger than a fake need take.
    func readMessage() -> (head: String, body: [UInt8])? {
        var bytes: [UInt8] = []
        var end: Int?
        while end == nil {
            guard bytes.count <= Peer.maximumHeadBytes, append(to: &bytes) else { return nil }
            end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound
        }
        guard let end else { return nil }
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        let length = Peer.contentLength(head)
        guard length <= Peer.maximumBodyBytes else { return nil }
        while bytes.count < end + length {
            guard append(to: &bytes) else { return nil }
        }
        return (head, Array(bytes[end..<(end + length)]))
    }

    /// Reads until the other side closes.
    func readAll() -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= Peer.maximumBodyBytes, append(to: &bytes) {}
        return bytes
    }

    func write(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Sends the end of the stream and closes.
    func finish() {
        shutdown(descriptor, Int32(SHUT_WR))
        close(descriptor)
    }

    private func append(to bytes: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        bytes.append(contentsOf: buffer[..<count])
        return true
    }

    private static func contentLength(_ head: String) -> Int {
        for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("content-length:") {
            return Int(line.dropFirst(15).filter { $0 != " " }) ?? 0
        }
        return 0
    }
}
