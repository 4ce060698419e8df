import CFCGI
import Foundation
import Synchronization

@testable import FastCGI

/// What systemd is to a service: a datagram socket named in NOTIFY_SOCKET, which takes messages and descriptors.
final class FakeServiceManager: Sendable {
    struct Message {
        var text: String
        var descriptors: [Int32]
    }

    private let socket: Int32
    private let directory: String
    private let received = Mutex<[Message]>([])

    init() throws {
        directory = try makeDirectory()
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var time = timeval(tv_sec: 3, tv_usec: 0)
        _ = unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        let result = try unsafe UnixAddress(directory + "/notify").withPointer { unsafe bind(socket, $0, $1) }
        try SystemCall.check(result, "bind")
        _ = unsafe setenv("NOTIFY_SOCKET", directory + "/notify", 1)
    }

    func remove() {
        _ = close(socket)
        try? FileManager.default.removeItem(atPath: directory)
    }

    var stored: [Int32] { received.withLock { $0.flatMap(\.descriptors) } }

    var names: Set<String> {
        received.withLock { messages in
            Set(messages.compactMap { $0.text.split(separator: "FDNAME=").last.map(String.init) })
        }
    }

    /// Takes messages until a barrier, which it answers by closing its descriptor.
    func collect() {
        while let message = message() {
            if message.text.hasPrefix("BARRIER=1") {
                for descriptor in message.descriptors { _ = close(descriptor) }
                return
            }
            received.withLock { $0.append(message) }
        }
    }

    /// - Returns: nil when none came within three seconds.
    func message() -> Message? {
        var text = [UInt8](repeating: 0, count: 4096)
        var control = [UInt8](repeating: 0, count: 4096)
        return unsafe text.withUnsafeMutableBytes { text in
            unsafe control.withUnsafeMutableBytes { control in
                var part = unsafe iovec(iov_base: text.baseAddress, iov_len: text.count)
                return unsafe withUnsafeMutablePointer(to: &part) { part in
                    var header = unsafe msghdr()
                    unsafe header.msg_iov = part
                    unsafe header.msg_iovlen = 1
                    unsafe header.msg_control = control.baseAddress
                    unsafe header.msg_controllen = control.count
                    let count = unsafe recvmsg(socket, &header, Int32(MSG_CMSG_CLOEXEC))
                    guard count > 0 else { return nil }
                    let descriptors = unsafe Self.descriptors(control, length: header.msg_controllen)
                    return unsafe Message(
                        text: String(decoding: text.prefix(count), as: UTF8.self), descriptors: descriptors)
                }
            }
        }
    }

    /// The descriptors of the SCM_RIGHTS message among the control data; credentials may be there too.
    private static func descriptors(_ control: UnsafeMutableRawBufferPointer, length: Int) -> [Int32] {
        let headerSize = MemoryLayout<cmsghdr>.size
        var offset = 0
        while offset + headerSize <= length {
            let header = unsafe control.loadUnaligned(fromByteOffset: offset, as: cmsghdr.self)
            guard header.cmsg_len >= headerSize else { return [] }
            if header.cmsg_type == Int32(SCM_RIGHTS) {
                return (0..<(header.cmsg_len - headerSize) / 4).map { index in
                    unsafe control.loadUnaligned(fromByteOffset: offset + headerSize + index * 4, as: Int32.self)
                }
            }
            offset += (header.cmsg_len + 7) / 8 * 8
        }
        return []
    }
}
