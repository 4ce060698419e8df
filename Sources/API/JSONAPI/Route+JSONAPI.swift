import FastCGI
import Payments

extension Route {
    /// A JSON:API route: the rules all of them share, in their order, then the endpoint.
    ///
    /// - Parameters:
    ///   - authentication: `.user`, or `.none` for what anybody may read.
    ///   - endpoint: answers, or throws every fault it found.
    static func jsonAPI(
        _ method: String, _ pattern: PathPattern, _ authentication: Authentication.Method, lane: Lane = .worker,
        _ endpoint: @escaping @Sendable (Call) throws(JSONAPIFault) -> JSONAPIAnswer
    ) -> Route {
        let name = pattern.description
        return Route(
            method: method, pattern: pattern, authentication: authentication, family: .jsonAPI, lane: lane,
            answersHead: method == "GET",
            answer: { call throws(PaymentError) in
                var response = answer(call, endpoint)
                response.note = ResponseNote(
                    route: name, keyName: call.caller?.keyName, scheme: call.caller?.scheme.rawValue,
                    subject: response.note.subject, reason: response.note.reason)
                return response
            })
    }

    private static func answer(
        _ call: Call, _ endpoint: (Call) throws(JSONAPIFault) -> JSONAPIAnswer
    ) -> Response {
        do throws(JSONAPIFault) {
            try JSONAPINegotiation.check(call.request)
            let answer = try endpoint(call)
            if call.request.method == "GET" || call.request.method == "HEAD",
                let wanted = call.request.header("HTTP_IF_MATCH"), !EntityTag(of: answer.body).isNamed(by: wanted)
            {
                throw JSONAPIFault.preconditionFailed
            }
            return answer.response(to: call.request)
        } catch {
            return error.response
        }
    }
}
