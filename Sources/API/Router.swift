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
            return .response(refusal(error, route, nil))
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
            response = try route.answer(call)
        } catch {
            response = refusal(error, route, call.caller)
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

    private func refusal(_ error: PaymentError, _ route: Route, _ caller: Caller?) -> Response {
        var response = route.family.response(to: error)
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

    private func find(_ request: Request) -> Result<Match, Unroutable> {
        var family = ErrorFamily.guide
        var allowed: [String] = []
        for route in routes where route.listener == request.listener {
            guard let parameters = route.pattern.match(request.pathSegments) else { continue }
            if route.method == request.method { return .success(Match(route: route, parameters: parameters)) }
            family = route.family
            allowed.append(route.method)
        }
        guard !allowed.isEmpty else {
            return .failure(
                Unroutable(response: family.response(status: 404, message: "Not found")))
        }
        var response = family.response(
            status: 405, message: "Method not allowed; use \(allowed[0])")
        response.headers.append(("Allow", allowed.joined(separator: ", ")))
        return .failure(Unroutable(response: response))
    }

    // MARK: What the server itself refuses

    package func refuse(_ refusal: Refusal, _ request: Request?) -> Response {
        var family = ErrorFamily.guide
        if let request, case .success(let match) = find(request) {
            family = match.route.family
            if refusal == .storageFailed, let response = unsettled(request, match) { return response }
        }
        return family.response(to: refusal)
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
