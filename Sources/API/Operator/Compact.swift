import JSON
import Payments

/// `POST /operator/compact`: an empty object.
struct CompactRequest: RequestBody {
    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {}

    var subject: String { "store" }
}

struct CompactResponse: ResponseBody {
    /// False when the last snapshot holds everything there is in closed segments.
    let isNew: Bool

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("snapshot", isNew)
        writer.endObject()
    }
}

extension OperatorEndpoints {
    @Sendable func compact(_ request: CompactRequest, _ call: Call) throws(PaymentError) -> Committed<CompactResponse> {
        Committed(result: CompactResponse(isNew: try makeSnapshot()), sequence: 0)
    }
}
