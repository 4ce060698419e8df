import FastCGI
import JSON
import Payments

/// A request of the merchants' routes, read without knowing who sent it.
protocol MerchantRequest: SendableMetatype {
    /// - Parameter id: the path's parameter; empty where the path has none.
    /// - Throws: the first fault in the order of section 1.6.
    init(_ request: Request, id: String) throws(MerchantRefusal)
}

/// An answer of the merchants' routes.
struct MerchantAnswer {
    var status: Int
    var body: [UInt8]
    /// What the log calls the request by.
    var subject: String?

    init(_ status: Int, subject: String?, _ members: (inout JSONWriter) -> Void) {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        members(&writer)
        writer.endObject()
        self.status = status
        self.subject = subject
        body = writer.bytes
    }

    private init(status: Int, subject: String?) {
        self.status = status
        self.subject = subject
        body = []
    }

    /// 204.
    static func empty(subject: String) -> MerchantAnswer {
        MerchantAnswer(status: 204, subject: subject)
    }
}

extension Route {
    /// A merchants' route: first the request's form, then who sent it, then the endpoint, in the order the contract
    /// recommends (authorization, section 3).
    ///
    /// The form is read twice, on the way to the key and after it: a few microseconds, for never handing a request that
    /// was not looked at to a thread that may block.
    static func merchant<Input: MerchantRequest>(
        _ method: String, _ pattern: PathPattern, _ authentication: Authentication.Method, lane: Lane = .worker,
        _ endpoint:
            @escaping @Sendable (Input, MerchantCaller) throws(PaymentError) -> Committed<MerchantAnswer>
    ) -> Route {
        let name = pattern.description
        return Route(
            method: method, pattern: pattern, authentication: authentication, family: .merchant, lane: lane,
            admit: { request, parameters in
                do throws(MerchantRefusal) {
                    _ = try Input(request, id: parameters.first ?? "")
                    return nil
                } catch {
                    return error.response
                }
            },
            answer: { call throws(PaymentError) in
                let input: Input
                do throws(MerchantRefusal) {
                    input = try Input(call.request, id: call.parameters.first ?? "")
                } catch {
                    return error.response
                }
                let committed = try endpoint(input, try call.requireMerchant())
                let answer = committed.result
                let note = ResponseNote(route: name, caller: call.caller, subject: answer.subject ?? "")
                return Response(
                    status: answer.status, body: answer.body, durableAt: committed.sequence, note: note)
            })
    }
}
