/// An id that is a number on the wire and on disk: Open Event's users and events, and our own authorizations.
package struct NumericID<Owner>: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: Int64

    package init(_ number: Int64) {
        self.number = number
    }

    /// - Returns: nil unless the text is a positive decimal number as we would write it ourselves (no sign, no leading
    ///   zero) that fits 63 bits.
    package init?(text: String) {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            text.utf8.first != UInt8(ascii: "0"), let number = Int64(text)
        else { return nil }
        self.number = number
    }

    package var description: String { "\(number)" }

    package static func < (left: NumericID, right: NumericID) -> Bool {
        left.number < right.number
    }
}

package enum UserOwner: Sendable {}
package enum EventOwner: Sendable {}
package enum StripeAuthorizationOwner: Sendable {}

package typealias UserID = NumericID<UserOwner>
package typealias EventID = NumericID<EventOwner>
package typealias StripeAuthorizationID = NumericID<StripeAuthorizationOwner>
/// An event's public name in addresses, such as `b8324ae2`.
package typealias EventIdentifier = ID<EventOwner>
