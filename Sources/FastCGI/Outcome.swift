/// What became of a request.
package enum Outcome: Sendable {
    case response(Response)
    /// The route calls out: the closure runs on the second lane, where it may block.
    case blocking(@Sendable () -> Response)
}
