/// Why the domain refused: a code for the program and a sentence its caller may read.
///
/// The sentence never holds a secret or an internal cause; causes go to the log only.
package struct PaymentError: Error, Sendable {
    package enum Code: Sendable, Equatable {
        /// The request cannot be read: a field is of another type than it must be; `field` names it.
        case unreadable
        /// The request was read, but a field of it cannot be accepted; `field` names it.
        case invalid
        /// Nobody we know, or a signature that does not match.
        case unauthenticated
        /// The same transaction was decided otherwise before.
        case conflict
        case notFound
        /// More work than the queue may hold. Nothing was done.
        case overloaded
        /// The store cannot make anything durable. Whether this request was recorded is unknown until it is repeated.
        case unavailable
        /// A refusal of the merchants' routes, with a number of its own.
        case merchant(MerchantFault)
        /// A refusal of the Stripe authorization routes.
        case connection(ConnectionFault)
    }

    package var code: Code
    package var message: String
    /// The request's member at fault, as a path such as `items[2].quantity`.
    package var field: String?
    /// The journal position this refusal depends on; set by the repository, 0 when it read nothing unsettled.
    package var sequence: SequenceNumber = 0
    /// The transaction's id, for the log; set once it is known.
    package var subject: String?
    /// Why the caller is not believed, for the log only; the caller is never told.
    package var reason: StaticString?

    /// What the caller reads: the field, where one is at fault, and the message.
    package var sentence: String {
        guard let field else { return message }
        return "\(field): \(message)"
    }

    package init(_ code: Code, _ message: String, field: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
    }

    package static func unreadable(_ field: String, _ message: String) -> PaymentError {
        PaymentError(.unreadable, message, field: field)
    }

    package static func invalid(_ field: String, _ message: String) -> PaymentError {
        PaymentError(.invalid, message, field: field)
    }
}
