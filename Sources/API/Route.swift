package import FastCGI
package import JSON
package import Payments

/// A request body after decoding: it cannot be wrong any more.
package protocol RequestBody {
    /// - Throws: `invalid`, naming the field.
    init(_ body: WireObject, _ call: Call) throws(PaymentError)
    /// What the access log names the request by; a transaction's id.
    var subject: String { get }
}

/// An answer's body.
package protocol ResponseBody {
    func write(to writer: inout JSONWriter)
}

/// One line of the routes table: what comes in, who may call, and what runs.
package struct Route: Sendable {
    package let method: String
    package let pattern: PathPattern
    package let authentication: Authentication.Method
    package let family: ErrorFamily
    package let listener: Listener.Role
    /// Decodes, runs and encodes.
    let answer: @Sendable (Call) throws(PaymentError) -> Response
    /// The answer when the store failed after `answer` was given, for routes that must not use an HTTP error then.
    let answerUnsettled: (@Sendable (Call) -> Response?)?

    /// A POST route with a JSON object as its body.
    ///
    /// - Parameter unsettled: what a route that always answers 200 says when its request could not be made durable.
    package static func post<Input: RequestBody, Output: ResponseBody>(
        _ pattern: PathPattern, _ authentication: Authentication.Method, _ family: ErrorFamily,
        _ endpoint: @escaping @Sendable (Input, Call) throws(PaymentError) -> Committed<Output>,
        unsettled: (@Sendable (Input) -> Output)? = nil
    ) -> Route {
        Route(
            method: "POST", pattern: pattern, authentication: authentication, family: family, listener: .public,
            answer: { call throws(PaymentError) in
                let input = try Input(try BodyReader.object(of: call.request, in: family), call)
                do throws(PaymentError) {
                    let committed = try endpoint(input, call)
                    return Route.response(committed.result, committed.sequence, subject: input.subject)
                } catch {
                    if let unsettled, error.code == .unavailable || error.code == .overloaded {
                        return Route.response(unsettled(input), 0, subject: input.subject)
                    }
                    throw error
                }
            },
            answerUnsettled: unsettled.map { unsettled in
                { call in
                    guard let body = try? BodyReader.object(of: call.request, in: family),
                        let input = try? Input(body, call)
                    else { return nil }  // It was decoded once already, so this does not happen.
                    return Route.response(unsettled(input), 0, subject: input.subject)
                }
            })
    }

    /// A GET route for the operator's socket.
    package static func operatorGet<Output: ResponseBody>(
        _ pattern: PathPattern, _ endpoint: @escaping @Sendable () throws(PaymentError) -> Output
    ) -> Route {
        Route(
            method: "GET", pattern: pattern, authentication: .none, family: .guide, listener: .admin,
            answer: { call throws(PaymentError) in Route.response(try endpoint(), 0, subject: "") },
            answerUnsettled: nil)
    }

    private static func response(_ body: some ResponseBody, _ sequence: SequenceNumber, subject: String) -> Response {
        var writer = JSONWriter(reserving: 256)
        body.write(to: &writer)
        var response = Response(status: 200, body: writer.bytes)
        response.durableAt = sequence
        response.note.subject = subject
        return response
    }
}
