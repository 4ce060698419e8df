import Glibc

/// A body of `application/x-www-form-urlencoded`, and in the same form the query of a URL.
///
/// A class because its `deinit` can overwrite the bytes: they hold the platform's key.
final class Form {
    private(set) var bytes: [UInt8] = []

    /// Room for any form of ours, so that no copy is left behind when the array would grow.
    private static let capacityBytes = 16 * 1024
    private static let hexadecimal = Array("0123456789ABCDEF".utf8)

    init() {
        bytes.reserveCapacity(Form.capacityBytes)
    }

    deinit {
        unsafe bytes.withUnsafeMutableBytes { unsafe Memory.wipe($0) }
    }

    /// Adds a field. Names are ours, such as `metadata[transaction]`: their brackets stay as they are, as Stripe's own
    /// clients send them. Everything else but letters, digits and `-._~` is escaped, a space as `+`.
    func add(_ name: String, _ value: String) {
        add(name, value.utf8)
    }

    func add(_ name: String, _ value: some Sequence<UInt8>) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
        append(name.utf8, keepsBrackets: true)
        bytes.append(UInt8(ascii: "="))
        append(value, keepsBrackets: false)
    }

    private func append(_ text: some Sequence<UInt8>, keepsBrackets: Bool) {
        for byte in text {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            case UInt8(ascii: "[") where keepsBrackets, UInt8(ascii: "]") where keepsBrackets:
                bytes.append(byte)
            case UInt8(ascii: " "):
                bytes.append(UInt8(ascii: "+"))
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(Form.hexadecimal[Int(byte >> 4)])
                bytes.append(Form.hexadecimal[Int(byte & 0xF)])
            }
        }
    }
}

/// Memory that held a secret.
enum Memory {
    /// Overwrites in a way the compiler does not leave out (explicit_bzero(3)).
    static func wipe(_ memory: UnsafeMutableRawBufferPointer) {
        guard let start = memory.baseAddress else { return }
        unsafe explicit_bzero(start, memory.count)
    }
}
