import Payments

/// Where the newest durable version of every document is.
struct DocumentIndex: Sendable {
    private var locations: [Fingerprint: Location] = [:]

    var count: Int { locations.count }

    subscript(key: Fingerprint) -> Location? {
        get { locations[key] }
        set { locations[key] = newValue }
    }
}
