import JSON
import Payments

/// `GET /operator/status`: what only the running process knows.
struct StatusResponse: ResponseBody {
    let startedAt: Int64
    let version: String
    let isReady: Bool

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("startedAt", startedAt)
        writer.member("version", version)
        writer.member("ready", isReady)
        writer.endObject()
    }
}

extension OperatorEndpoints {
    @Sendable func status() throws(PaymentError) -> StatusResponse {
        StatusResponse(startedAt: startedAt, version: version, isReady: isWritable())
    }
}
