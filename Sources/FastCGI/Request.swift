/// One request, copied out of libfcgi and checked as far as no route needs to be known.
///
/// A class, although it has no identity: it is handed from step to step, and a copy would count up seven references.
package final class Request: Sendable {
    package let method: String
    /// REQUEST_URI's path, split on `/`, then percent-decoded once. An encoded slash is data within its segment.
    package let pathSegments: [String]
    package let body: [UInt8]
    package let listener: Listener.Role
    /// When the server began to read the request, on `MonotonicClock`.
    package let receivedAt: UInt64
    /// The user id of whoever connected to the operator's socket; nil on the public one, where that is nginx.
    package let peerUser: UInt32?
    let parameters: Parameters
    private let targetText: Range<Int>
    private let queryText: Range<Int>

    /// - Throws: `badRequest` when a security header is doubled or malformed, or the method or path cannot be read.
    package convenience init(
        parameters: Parameters, body: [UInt8], listener: Listener.Role,
        securityHeaders: SecurityHeaders = .standard, receivedAt: UInt64 = MonotonicClock.nanoseconds,
        peerUser: UInt32? = nil
    ) throws(Refusal) {
        try securityHeaders.check(parameters)
        try self.init(
            parameters, body, listener, receivedAt: receivedAt, peerUser: peerUser,
            segments: RequestPath.segments)
    }

    /// What is left of a request that is refused for its form: enough to find the route it was meant for.
    ///
    /// - Parameter parameters: as `Parameters(naming:limits:)` leaves them, without a header that tells who sends it.
    /// - Throws: `badRequest` when there is no method or no path at all.
    convenience init(
        refused parameters: Parameters, listener: Listener.Role, receivedAt: UInt64, peerUser: UInt32?
    ) throws(Refusal) {
        try self.init(
            parameters, [], listener, receivedAt: receivedAt, peerUser: peerUser,
            segments: RequestPath.readableSegments)
    }

    private init(
        _ parameters: Parameters, _ body: [UInt8], _ listener: Listener.Role, receivedAt: UInt64, peerUser: UInt32?,
        segments: (ArraySlice<UInt8>) throws(Refusal) -> [String]
    ) throws(Refusal) {
        guard let target = parameters.entry("REQUEST_URI")?.value else {
            throw .badRequest("The request has no REQUEST_URI.")
        }
        let bytes = parameters.bytes[target]
        let pathEnd = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        method = try Self.method(parameters)
        pathSegments = try segments(bytes[..<pathEnd])
        targetText = target
        queryText = min(pathEnd + 1, target.upperBound)..<target.upperBound
        self.parameters = parameters
        self.body = body
        self.listener = listener
        self.receivedAt = receivedAt
        self.peerUser = peerUser
    }

    /// REQUEST_URI as received, for people to read: what is no UTF-8 in it is replaced.
    package var target: String { String(decoding: parameters.bytes[targetText], as: UTF8.self) }

    /// What follows the first `?`, not decoded; empty when there is none.
    package var query: String { String(decoding: parameters.bytes[queryText], as: UTF8.self) }

    package var contentType: String? { header("CONTENT_TYPE") }

    /// The value of a FastCGI parameter such as `HTTP_X_API_KEY`.
    ///
    /// - Returns: nil when it is missing, empty, or no UTF-8.
    package func header(_ name: StaticString) -> String? {
        parameters.value(name).flatMap(Self.text)
    }

    /// Whether a FastCGI parameter was sent at all, be it empty.
    package func has(_ name: StaticString) -> Bool { parameters.entry(name) != nil }

    /// As `header`, for a name known only at run time, such as a configured one.
    package func header(named name: String) -> String? {
        parameters.value(named: name).flatMap(Self.text)
    }

    /// The bytes of a FastCGI parameter; nil when it is missing or empty.
    package func headerBytes(_ name: StaticString) -> ArraySlice<UInt8>? {
        parameters.value(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// As above, for a name known only at run time.
    package func headerBytes(named name: String) -> ArraySlice<UInt8>? {
        parameters.value(named: name).flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        guard !bytes.isEmpty, let text = try? UTF8Span(validating: bytes.span) else { return nil }
        return String(copying: text)
    }

    private static func method(_ parameters: Parameters) throws(Refusal) -> String {
        guard let method = parameters.value("REQUEST_METHOD"), (1...16).contains(method.count),
            method.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { throw .badRequest("The request's method cannot be read.") }
        return String(decoding: method, as: UTF8.self)
    }
}
