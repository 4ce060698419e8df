package import FastCGI
package import Logging
import Payments

/// From a request to its answer: find the route, authenticate, decode, run, encode.
package struct Router: RequestHandler {
    private let routes: [Route]
    private let authentication: Authentication
    /// The parameter that carries the API key, such as `HTTP_X_API_KEY`.
    private let apiKeyHeader: String
    private let metrics: RouterMetrics
    private let logger: Logger

    /// - Parameter logger: gets a line for each change an operator made, or was refused.
    package init(
        routes: [Route], authentication: Authentication, apiKeyHeader: String = "HTTP_X_API_KEY",
        registry: MetricsRegistry, logger: Logger
    ) {
        self.routes = routes
        self.authentication = authentication
        self.apiKeyHeader = apiKeyHeader
        self.logger = logger
        metrics = RouterMetrics(routes, authentication.shops.map(\.shop), registry)
    }

    package func handle(_ request: Request) -> Outcome {
        switch find(request) {
        case .success(let match): outcome(request, match)
        case .failure(let refusal): .response(refusal.response)
        }
    }

    package func didSend(_ response: Response, durationNanoseconds: UInt64) {
        metrics.didSend(response, durationNanoseconds: durationNanoseconds)
    }

    /// Authenticates on the worker whatever the route: a stranger must not take a thread that may block.
    private func outcome(_ request: Request, _ match: Match) -> Outcome {
        let route = match.route
        if let refusal = route.admit(request, match.parameters) {
            return .response(route.family.completed(note(match, nil, in: refusal), for: request))
        }
        let caller: Caller?
        do throws(PaymentError) {
            caller = try authentication.caller(of: request, by: route.authentication, apiKeyHeader: apiKeyHeader)
        } catch {
            metrics.didRefuse(error, at: route)
            let refusal = route.family.response(toUnknownCaller: error, of: request)
            return .response(route.family.completed(note(match, nil, in: refusal), for: request))
        }
        if let caller { metrics.didAuthenticate(caller) }
        let call = Call(request: request, parameters: match.parameters, caller: caller)
        return switch route.lane {
        case .worker: .response(answer(call, match))
        case .blocking: .blocking { answer(call, match) }
        }
    }

    private func answer(_ call: Call, _ match: Match) -> Response {
        let family = match.route.family
        var response: Response
        var isRead = true
        do throws(PaymentError) {
            response = family.completed(try match.route.answer(call), for: call.request)
        } catch {
            isRead = error.code != .unreadable
            response = family.completed(
                note(match, call.caller, in: family.response(to: error)), for: call.request)
            if case .shop = call.caller?.principal { response.decided(Decision(refusing: error.code)) }
        }
        response.tally.route = match.position
        response.tally.principal = metrics.position(of: call.caller)
        if isRead, let caller = call.caller { didRead(caller) }
        if case .operator = call.caller?.principal { report(response.note, response.status) }
        return response
    }

    /// What cannot be read came from no sender at work: `tollgate doctor` makes such calls, and must not make a key that
    /// nobody uses any more look used, nor hide how far the senders' clock is from ours.
    private func didRead(_ caller: Caller) {
        caller.use?.note()
        metrics.didRead(caller)
    }

    /// Also when there is no access log: who changed what must be findable.
    private func report(_ note: ResponseNote, _ status: Int) {
        logger.notice(
            "operator",
            metadata: [
                "by": "\(note.keyName ?? "")", "route": "\(note.route)", "subject": "\(note.subject ?? "")",
                "status": "\(status)",
            ])
    }

    private func note(_ match: Match, _ caller: Caller?, in response: consuming Response) -> Response {
        response.tally.route = match.position
        response.note.route = match.route.pattern.description
        response.note.keyName = caller?.keyName
        response.note.scheme = caller?.scheme.rawValue
        return response
    }

    // MARK: Routing

    private struct Match {
        let route: Route
        /// In the table, from 1 on.
        let position: Int
        let parameters: [String]
    }

    private struct Unroutable: Error {
        /// Of the paths around.
        let family: ErrorFamily
        let response: Response
    }

    /// The first route of the table that fits, so that a literal path must stand above one with parameters; it then hides
    /// those, for other methods too.
    private func find(_ request: Request) -> Result<Match, Unroutable> {
        var known: [Route] = []
        for index in routes.indices {
            let route = routes[index]
            guard route.listener == request.listener, let parameters = route.pattern.match(request.pathSegments),
                known.first?.pattern.hasSameText(as: route.pattern) ?? true
            else { continue }
            if route.answers(request.method) {
                return .success(Match(route: route, position: index + 1, parameters: parameters))
            }
            known.append(route)
        }
        guard let first = known.first else { return .failure(notFound(request)) }
        return .failure(Unroutable(family: first.family, response: notAllowed(request, known, first)))
    }

    /// In the guide's form, except below a path whose neighbours all answer JSON:API.
    private func notFound(_ request: Request) -> Unroutable {
        let isNeighbour = routes.contains { $0.family == .jsonAPI && $0.pattern.isNeighbour(of: request.pathSegments) }
        let family = isNeighbour ? ErrorFamily.jsonAPI : .guide
        return Unroutable(
            family: family,
            response: family.completed(family.response(status: 404, message: "Not found"), for: request))
    }

    private func notAllowed(_ request: Request, _ known: [Route], _ first: Route) -> Response {
        var allowed: [String] = []
        for method in known.flatMap({ $0.answersHead ? [$0.method, "HEAD"] : [$0.method] })
        where !allowed.contains(method) {
            allowed.append(method)
        }
        if first.family == .jsonAPI { allowed.append("OPTIONS") }
        let list = allowed.joined(separator: ", ")
        if first.family == .jsonAPI, request.method == "OPTIONS" {
            return first.family.completed(CrossOrigin.preflight(allowing: list), for: request)
        }
        var response = first.family.response(
            status: 405, message: first.family.sentence(refusing: request.method, allowed: allowed))
        response.headers.append(("Allow", list))
        return first.family.completed(response, for: request)
    }

    // MARK: What the server itself refuses

    package func refuse(_ refusal: Refusal, _ request: Request?) -> Response {
        guard let request else { return ErrorFamily.guide.response(to: refusal) }
        let match: Match
        switch find(request) {
        case .success(let found): match = found
        case .failure(let unroutable):
            return unroutable.family.completed(unroutable.family.response(to: refusal), for: request)
        }
        let family = match.route.family
        var response = family.completed(family.response(to: refusal), for: request)
        if refusal == .storageFailed, let unsettled = unsettled(request, match) { response = unsettled }
        response.tally.route = match.position
        return response
    }

    /// Only answers that were held get here, so the caller was authenticated once already.
    private func unsettled(_ request: Request, _ match: Match) -> Response? {
        guard
            let caller = try? authentication.caller(
                of: request, by: match.route.authentication, apiKeyHeader: apiKeyHeader)
        else { return nil }  // Nobody known: the family's plain refusal says enough.
        return match.route.answerUnsettled(Call(request: request, parameters: match.parameters, caller: caller))
    }
}
