import Payments

/// Where the newest durable version of every document is.
struct DocumentIndex: Sendable {
    private var locations: [FingerprintKey: Location] = [:]

    var count: Int { locations.count }

    subscript(key: Fingerprint) -> Location? {
        get { locations[FingerprintKey(key)] }
        set { locations[FingerprintKey(key)] = newValue }
    }
}
