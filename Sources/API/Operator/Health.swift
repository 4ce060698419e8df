import JSON
import Payments

/// `GET /healthz` and `GET /readyz` on the operator's socket.
package struct HealthEndpoint: Sendable {
    /// Whether the store takes new records.
    private let isWritable: @Sendable () -> Bool

    package init(isWritable: @escaping @Sendable () -> Bool) {
        self.isWritable = isWritable
    }

    @Sendable func alive() throws(PaymentError) -> HealthResponse {
        HealthResponse(status: "alive")
    }

    @Sendable func ready() throws(PaymentError) -> HealthResponse {
        guard isWritable() else { throw PaymentError(.unavailable, "The store takes no new records.") }
        return HealthResponse(status: "ready")
    }
}

struct HealthResponse: ResponseBody {
    let status: String

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("status", status)
        writer.endObject()
    }
}
