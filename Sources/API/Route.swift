package import FastCGI
package import JSON
package import Payments

/// A request body after decoding: it cannot be wrong any more.
package protocol RequestBody: SendableMetatype {
    /// - Throws: `invalid`, naming the field.
    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError)
    /// What the access log names the request by; a transaction's id.
    var subject: String { get }
}

/// An answer's body.
package protocol ResponseBody: SendableMetatype {
    func write(to writer: inout JSONWriter)
    /// What `write` writes; kept ready by a body that is always the same.
    var encoded: [UInt8] { get }
    /// What was decided, for the metrics and the log.
    var decision: Decision { get }
    /// What was sold for the first time, for the metrics; nil where no price is known.
    var revenue: Revenue? { get }
}

/// A sum in the currency's smallest unit.
package struct Revenue: Sendable {
    let minorUnits: UInt32
    let currency: String
}

extension ResponseBody {
    package var encoded: [UInt8] {
        var writer = JSONWriter(reserving: 256)
        write(to: &writer)
        return writer.bytes
    }

    package var decision: Decision { .none }
    package var revenue: Revenue? { nil }
}

/// One line of the routes table: what comes in, who may call, and what runs.
///
/// A class, although it has no identity: every request finds one, and a copy would count up eight references.
package final class Route: Sendable {
    package let method: String
    package let pattern: PathPattern
    package let authentication: Authentication.Method
    package let family: ErrorFamily
    package let listener: Listener.Role
    package let lane: Lane
    /// Whether HEAD is answered like GET, without the body.
    let answersHead: Bool
    /// Refuses a request by its form, before anybody asks who sent it; nil lets it through. Gets the path's parameters.
    let admit: @Sendable (Request, [String]) -> Response?
    /// Decodes, runs and encodes.
    let answer: @Sendable (Call) throws(PaymentError) -> Response
    /// The answer when the store failed after `answer` was given, for routes that must not use an HTTP error then.
    let answerUnsettled: @Sendable (Call) -> Response?

    /// Which threads run a route.
    package enum Lane: Sendable {
        /// The workers: nothing on the way may wait for anybody.
        case worker
        /// The bounded second pool, for routes that call out and so may wait.
        case blocking
    }

    init(
        method: String, pattern: PathPattern, authentication: Authentication.Method, family: ErrorFamily,
        listener: Listener.Role = .public, lane: Lane = .worker, answersHead: Bool = false,
        admit: @escaping @Sendable (Request, [String]) -> Response? = { _, _ in nil },
        answer: @escaping @Sendable (Call) throws(PaymentError) -> Response,
        answerUnsettled: @escaping @Sendable (Call) -> Response? = { _ in nil }
    ) {
        self.method = method
        self.pattern = pattern
        self.authentication = authentication
        self.family = family
        self.listener = listener
        self.lane = lane
        self.answersHead = answersHead
        self.admit = admit
        self.answer = answer
        self.answerUnsettled = answerUnsettled
    }

    func answers(_ method: String) -> Bool {
        self.method == method || (answersHead && method == "HEAD")
    }

    /// A POST route with a JSON object as its body.
    ///
    /// - Parameter unsettled: what a route that always answers 200 says when its request could not be made durable.
    package static func post<Input: RequestBody, Output: ResponseBody>(
        _ pattern: PathPattern, _ authentication: Authentication.Method, _ family: ErrorFamily,
        _ endpoint: @escaping @Sendable (Input, Call) throws(PaymentError) -> Committed<Output>,
        unsettled: (@Sendable (Input) -> Output)? = nil
    ) -> Route {
        let name = pattern.description
        return Route(
            method: "POST", pattern: pattern, authentication: authentication, family: family, listener: .public,
            answer: { call throws(PaymentError) in
                let input = try Input(try BodyReader.object(of: call.request, in: family), call)
                let note = ResponseNote(route: name, caller: call.caller, subject: input.subject)
                return try respond(to: input, call, note, endpoint, unsettled)
            },
            answerUnsettled: { call in
                guard let unsettled, let body = try? BodyReader.object(of: call.request, in: family),
                    let input = try? Input(body, call)
                else { return nil }  // A body that was decoded once already is decoded again.
                let note = ResponseNote(route: name, caller: call.caller, subject: input.subject)
                return response(unsettled(input), 0, note)
            })
    }

    /// A GET route for the operator's socket.
    package static func operatorGet<Output: ResponseBody>(
        _ pattern: PathPattern, _ endpoint: @escaping @Sendable () throws(PaymentError) -> Output
    ) -> Route {
        let note = ResponseNote(route: pattern.description)
        return Route(
            method: "GET", pattern: pattern, authentication: .none, family: .guide, listener: .admin,
            answer: { _ throws(PaymentError) in response(try endpoint(), 0, note) },
            answerUnsettled: { _ in nil })
    }

    /// A POST route for the operator's socket, with a JSON object as its body. The router logs who called it, so the
    /// input's `subject` must say what the change is about.
    ///
    /// - Parameter lane: `blocking` for what calls out or takes long.
    package static func operatorPost<Input: RequestBody, Output: ResponseBody>(
        _ pattern: PathPattern, lane: Lane = .worker,
        _ endpoint: @escaping @Sendable (Input, Call) throws(PaymentError) -> Committed<Output>
    ) -> Route {
        let name = pattern.description
        return Route(
            method: "POST", pattern: pattern, authentication: .operatorSocket, family: .guide, listener: .admin,
            lane: lane,
            answer: { call throws(PaymentError) in
                let input = try Input(try BodyReader.object(of: call.request, in: .guide), call)
                let note = ResponseNote(route: name, caller: call.caller, subject: input.subject)
                return try respond(to: input, call, note, endpoint, nil)
            })
    }

    private static func respond<Input: RequestBody, Output: ResponseBody>(
        to input: Input, _ call: Call, _ note: consuming ResponseNote,
        _ endpoint: (Input, Call) throws(PaymentError) -> Committed<Output>,
        _ unsettled: ((Input) -> Output)?
    ) throws(PaymentError) -> Response {
        do throws(PaymentError) {
            let committed = try endpoint(input, call)
            return response(committed.result, committed.sequence, note)
        } catch {
            var error = error
            error.subject = note.subject
            guard let unsettled, error.code == .unavailable || error.code == .overloaded else { throw error }
            return response(unsettled(input), 0, note)
        }
    }

    private static func response(
        _ body: some ResponseBody, _ sequence: SequenceNumber, _ note: consuming ResponseNote
    ) -> Response {
        let decision = body.decision
        if decision != .none { note.decision = decision.name }
        var response = Response(status: 200, body: body.encoded, durableAt: sequence, note: note)
        response.tally.decision = decision.rawValue
        if let revenue = body.revenue {
            response.tally.amount = Int64(revenue.minorUnits)
            response.tally.unit = revenue.currency
        }
        return response
    }
}

extension Response {
    mutating func decided(_ decision: Decision) {
        guard decision != .none else { return }
        tally.decision = decision.rawValue
        note.decision = decision.name
    }
}

extension ResponseNote {
    init(route: String, caller: Caller?, subject: String) {
        self.init(route: route, keyName: caller?.keyName, scheme: caller?.scheme.rawValue, subject: subject)
    }
}
