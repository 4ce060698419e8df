import Glibc

/// Collects an answer while libcurl reads it, up to the limits of its body and its headers.
final class HTTPAnswerBuffer {
    private let maximumBytes: Int
    private(set) var body: [UInt8] = []
    /// Names in lower case. Of one that comes twice the last counts, as of the last of several answers (100, 200).
    private var headers: [String: String] = [:]
    private var headerBytes = 0
    private(set) var isTooLarge = false

    /// The headers we read.
    private static let names: Set<String> = ["request-id", "idempotent-replayed", "stripe-should-retry"]
    private static let maximumValueBytes = 100
    private static let maximumHeaderBytes = 64 * 1024

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    func header(_ name: String) -> String? { headers[name] }

    /// libcurl's CURLOPT_WRITEFUNCTION. Anything but the count it was given ends the transfer.
    static let takeBody: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
        data, _, count, context in
        guard let data = unsafe data, let context = unsafe context else { return 0 }
        let buffer = unsafe Unmanaged<HTTPAnswerBuffer>.fromOpaque(context).takeUnretainedValue()
        return unsafe buffer.append(body: UnsafeRawBufferPointer(start: data, count: count)) ? count : 0
    }

    /// libcurl's CURLOPT_HEADERFUNCTION: one whole line at a time.
    static let takeHeader: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
        data, _, count, context in
        guard let data = unsafe data, let context = unsafe context else { return 0 }
        let buffer = unsafe Unmanaged<HTTPAnswerBuffer>.fromOpaque(context).takeUnretainedValue()
        return unsafe buffer.append(header: UnsafeRawBufferPointer(start: data, count: count)) ? count : 0
    }

    private func append(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= maximumBytes - body.count else {
            isTooLarge = true
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    private func append(header bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= HTTPAnswerBuffer.maximumHeaderBytes - headerBytes else {
            isTooLarge = true
            return false
        }
        headerBytes += bytes.count
        take(line: unsafe Array(bytes))
        return true
    }

    private func take(line: [UInt8]) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        guard HTTPAnswerBuffer.names.contains(name) else { return }
        let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }.prefix { (0x21...0x7E).contains($0) }
        guard !value.isEmpty, value.count <= HTTPAnswerBuffer.maximumValueBytes else { return }
        headers[name] = String(decoding: value, as: UTF8.self)
    }
}
