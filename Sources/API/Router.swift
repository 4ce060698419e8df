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
        let caller: Caller?
        do throws(PaymentError) {
            caller = try authentication.caller(of: request, by: route.authentication, apiKeyHeader: apiKeyHeader)
        } catch {
            metrics.didRefuse(error, at: route)
            return .response(refusal(error, match, nil))
        }
        if let caller { metrics.didAuthenticate(caller) }
        let call = Call(request: request, parameters: match.parameters, caller: caller)
        return switch route.lane {
        case .worker: .response(answer(call, match))
        case .blocking: .blocking { answer(call, match) }
        }
    }

    private func answer(_ call: Call, _ match: Match) -> Response {
        var response: Response
        do throws(PaymentError) {
            response = try match.route.answer(call)
            tally(&response, match, call.caller)
        } catch {
            response = refusal(error, match, call.caller)
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

    private func tally(_ response: inout Response, _ match: Match, _ caller: Caller?) {
        response.tally.route = match.position
        response.tally.principal = metrics.position(of: caller)
    }

    private func refusal(_ error: PaymentError, _ match: Match, _ caller: Caller?) -> Response {
        var response = match.route.family.response(to: error)
        tally(&response, match, caller)
        if response.tally.principal > 0 { response.decided(Decision(refusing: error.code)) }
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
        let response: Response
    }

    private func find(_ request: Request) -> Result<Match, Unroutable> {
        var family = ErrorFamily.guide
        var allowed: [String] = []
        for (index, route) in routes.enumerated() where route.listener == request.listener {
            guard let parameters = route.pattern.match(request.pathSegments) else { continue }
            if route.method == request.method {
                return .success(Match(route: route, position: index + 1, parameters: parameters))
            }
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
        guard let request, case .success(let match) = find(request) else {
            return ErrorFamily.guide.response(to: refusal)
        }
        var response = match.route.family.response(to: refusal)
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
