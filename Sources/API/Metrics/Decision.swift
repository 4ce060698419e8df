import Payments

/// What a request's answer decided, for the metrics and the log. The caller reads more in the answer itself.
package enum Decision: Int, CaseIterable, Sendable {
    /// The route decides nothing.
    case none
    case granted
    /// Granted earlier, with the same content.
    case grantedBefore
    case registered
    case cancelled
    /// An item cannot be sold as stated.
    case itemRefused
    case priceRefused
    case alreadyCompleted
    case alreadyCancelled
    case invalid
    case conflict
    case notFound
    case refused
    case overloaded
    case unavailable

    /// The two labels: what became of it, and why.
    package var labels: (result: String, reason: String) {
        switch self {
        case .none: ("none", "")
        case .granted: ("granted", "")
        case .grantedBefore: ("repeated", "")
        case .registered: ("registered", "")
        case .cancelled: ("cancelled", "")
        case .itemRefused: ("refused", "invalid_offer")
        case .priceRefused: ("refused", "invalid_price")
        case .alreadyCompleted: ("refused", "already_completed")
        case .alreadyCancelled: ("refused", "already_cancelled")
        case .invalid: ("refused", "invalid")
        case .conflict: ("refused", "conflict")
        case .notFound: ("refused", "not_found")
        case .refused: ("refused", "other")
        case .overloaded: ("failed", "overloaded")
        case .unavailable: ("failed", "unavailable")
        }
    }

    /// One word for the log line.
    package var name: String {
        let (result, reason) = labels
        return reason.isEmpty ? result : reason
    }

    /// Whether the transaction was decided before, and how the two calls compare.
    enum Repetition: Int, CaseIterable {
        case same, conflict

        var name: String {
            switch self {
            case .same: "same"
            case .conflict: "conflict"
            }
        }
    }

    var repetition: Repetition? {
        switch self {
        case .grantedBefore, .alreadyCancelled: .same
        case .conflict, .alreadyCompleted: .conflict
        case .none, .granted, .registered, .cancelled, .itemRefused, .priceRefused, .invalid, .notFound, .refused,
            .overloaded,
            .unavailable:
            nil
        }
    }

    init(_ change: PurchaseChange) {
        switch change {
        case .made: self = .granted
        case .repeated: self = .grantedBefore
        }
    }

    init(refusing code: PaymentError.Code) {
        switch code {
        case .unreadable, .invalid: self = .invalid
        case .conflict: self = .conflict
        case .notFound: self = .notFound
        case .overloaded: self = .overloaded
        case .unavailable: self = .unavailable
        case .unauthenticated, .merchant, .connection: self = .refused
        }
    }
}
