package import Crypto

/// Bytes that must not be seen: they print as redacted and are compared in constant time.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let digest: SHA256Digest
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        digest = SHA256.hash(data: bytes)
    }

    package var description: String { "[redacted]" }
    package var debugDescription: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// What `matches` compares with.
    package static func digest(of candidate: Span<UInt8>) -> SHA256Digest {
        var hash = SHA256()
        unsafe candidate.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        return hash.finalize()
    }

    /// Whether `candidate`'s SHA-256 is this secret's. Digests all have one length, and swift-crypto compares them in
    /// constant time, so neither the length nor the first wrong byte shows.
    package func matches(_ candidate: SHA256Digest) -> Bool {
        digest == candidate
    }
}
