import Payments

/// Where the content of secret files comes from.
struct SecretSupply {
    /// What was read by somebody who may, by absolute path; it goes before everything else.
    var handedOver: [(path: String, bytes: [UInt8])] = []
    /// Whether systemd's copies are used where there are any. Who reads as root reads the files themselves: the copies
    /// are those of the service's start.
    var usesCredentials = true
    /// Whether a secret that every user can read is taken all the same: by who looks for all faults at once.
    var toleratesOpenFiles = false

    func handedOver(_ path: String) -> [UInt8]? {
        handedOver.first { $0.path.hasSameBytes(as: path) }?.bytes
    }
}
