import FastCGI
import Payments

extension Route {
    /// A GET route that a person's browser follows.
    ///
    /// - Parameter answersHead: not for what changes something: a program that looks where a link leads must not spend
    ///   it.
    static func page(
        _ pattern: PathPattern, _ authentication: Authentication.Method, lane: Lane = .worker, answersHead: Bool,
        _ endpoint: @escaping @Sendable (Call) throws(PaymentError) -> Response
    ) -> Route {
        let name = pattern.description
        return Route(
            method: "GET", pattern: pattern, authentication: authentication, family: .page, lane: lane,
            answersHead: answersHead,
            answer: { call throws(PaymentError) in
                var response = try endpoint(call)
                response.note = ResponseNote(
                    route: name, keyName: call.caller?.keyName, scheme: call.caller?.scheme.rawValue,
                    subject: response.note.subject)
                return response
            })
    }
}
