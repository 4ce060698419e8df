package import FastCGI
package import Logging
import Payments

/// From a request to its answer: find the route, authenticate, decode, run, encode.
package struct Router: RequestHandler {
    private let routes: [Route]
    private let authentication: Authentication
    /// The parameter that carries the API key, such as `HTTP_X_API_KEY`.
    private let apiKeyHeader: String
    private let logger: Logger

    /// - Parameter logger: gets a line for each change an operator made, or was refused.
    package init(
        routes: [Route], authentication: Authentication, apiKeyHeader: String = "HTTP_X_API_KEY", logger: Logger
    ) {
        self.routes = routes
        self.authentication = authentication
        self.apiKeyHeader = apiKeyHeader
        self.logger = logger
    }

    package func handle(_ request: Request) -> Outcome {
        switch find(request) {
        case .success(let match): outcome(request, match)
        case .failure(let refusal): .response(refusal.response)
        }
    }

    /// Authenticates on the worker whatever the route: a stranger must not take a thread that may block.
    private func outcome(_ request: Request, _ match: Match) -> Outcome {
        let route = match.route
        let caller: Caller?
        do throws(PaymentError) {
            caller = try authentication.caller(of: request, by: route.authentication, apiKeyHeader: apiKeyHeader)
        } catch {
            let refusal = route.family.response(toUnknownCaller: error, of: request)
            return .response(route.family.completed(note(route, nil, in: refusal), for: request))
        }
        let call = Call(request: request, parameters: match.parameters, caller: caller)
        return switch route.lane {
        case .worker: .response(answer(call, route))
        case .blocking: .blocking { answer(call, route) }
        }
    }

    private func answer(_ call: Call, _ route: Route) -> Response {
        let response: Response
        do throws(PaymentError) {
            response = route.family.completed(try route.answer(call), for: call.request)
        } catch {
            let refusal = note(route, call.caller, in: route.family.response(to: error))
            response = route.family.completed(refusal, for: call.request)
        }
        if case .operator = call.caller?.principal { report(response.note, response.status) }
        return response
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

    private func note(_ route: Route, _ caller: Caller?, in response: consuming Response) -> Response {
        response.note.route = route.pattern.description
        response.note.keyName = caller?.keyName
        response.note.scheme = caller?.scheme.rawValue
        return response
    }

    // MARK: Routing

    private struct Match {
        let route: Route
        let parameters: [String]
    }

    private struct Unroutable: Error {
        let response: Response
    }

    /// The first route of the table that fits, so that a literal path must stand above one with parameters; it then hides
    /// those, for other methods too.
    private func find(_ request: Request) -> Result<Match, Unroutable> {
        var known: [Route] = []
        for route in routes where route.listener == request.listener {
            guard let parameters = route.pattern.match(request.pathSegments),
                known.first?.pattern.hasSameText(as: route.pattern) ?? true
            else { continue }
            if route.answers(request.method) { return .success(Match(route: route, parameters: parameters)) }
            known.append(route)
        }
        guard let first = known.first else { return .failure(Unroutable(response: notFound(request))) }
        return .failure(Unroutable(response: notAllowed(request, known, first)))
    }

    /// In the guide's form, except below a path whose neighbours all answer JSON:API.
    private func notFound(_ request: Request) -> Response {
        let isNeighbour = routes.contains { $0.family == .jsonAPI && $0.pattern.isNeighbour(of: request.pathSegments) }
        let family = isNeighbour ? ErrorFamily.jsonAPI : .guide
        return family.completed(family.response(status: 404, message: "Not found"), for: request)
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
            status: 405, message: "Method not allowed; use \(first.method)")
        response.headers.append(("Allow", list))
        return first.family.completed(response, for: request)
    }

    // MARK: What the server itself refuses

    package func refuse(_ refusal: Refusal, _ request: Request?) -> Response {
        var family = ErrorFamily.guide
        if let request, case .success(let match) = find(request) {
            family = match.route.family
            if refusal == .storageFailed, let response = unsettled(request, match) { return response }
        }
        guard let request else { return family.response(to: refusal) }
        return family.completed(family.response(to: refusal), for: request)
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
