import FastCGI
import JSON
import Payments

/// `POST /operator/stripe/retry`: an empty object.
struct StripeRetryRequest: RequestBody {
    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {}

    var subject: String { "deauthorizations" }
}

struct StripeRetryResponse: ResponseBody {
    let done: Int
    let left: Int

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("done", Int64(done))
        writer.member("left", Int64(left))
        writer.endObject()
    }
}

extension StripeOperations {
    /// With the last call that is begun before it, still within the time the operator's command waits.
    private static let nanoseconds: UInt64 = 30_000_000_000

    @Sendable func retry(
        _ request: StripeRetryRequest, _ call: Call
    ) throws(PaymentError) -> Committed<StripeRetryResponse> {
        let begun = MonotonicClock.nanoseconds
        let result = try connections().retryDeauthorizations {
            MonotonicClock.nanoseconds - begun < StripeOperations.nanoseconds
        }
        return Committed(result: StripeRetryResponse(done: result.done, left: result.left), sequence: 0)
    }
}
