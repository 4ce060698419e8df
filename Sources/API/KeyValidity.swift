/// From when until when a key is accepted, milliseconds since the Unix epoch. `until` itself is too late.
package struct KeyValidity: Sendable, Equatable {
    package var from: Int64?
    package var until: Int64?

    package static let always = KeyValidity(from: nil, until: nil)

    package init(from: Int64?, until: Int64?) {
        self.from = from
        self.until = until
    }

    /// Why a key is not accepted now, for the log; nil when it is.
    func fault(at now: Int64) -> StaticString? {
        if let from, now < from { return "key not valid yet" }
        if let until, now >= until { return "key expired" }
        return nil
    }
}
