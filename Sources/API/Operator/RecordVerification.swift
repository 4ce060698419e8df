import JSON
import Payments

/// `POST /operator/verified`: what `tollgate verify --record` found.
struct RecordVerificationRequest: RequestBody {
    let fault: String?
    let lastSequence: SequenceNumber

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        fault = try body.optionalText("fault")
        guard let last = try body.optionalInt64("lastSequence"), let number = SequenceNumber(exactly: last) else {
            throw body.fault("lastSequence", "is required, and not negative")
        }
        lastSequence = number
    }

    var subject: String { fault == nil ? "clean" : "faulty" }
}

struct RecordVerificationResponse: ResponseBody {
    let at: Int64

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("at", at)
        writer.endObject()
    }
}

extension OperatorEndpoints {
    @Sendable func recordVerification(
        _ request: RecordVerificationRequest, _ call: Call
    ) throws(PaymentError) -> Committed<RecordVerificationResponse> {
        let at = clock.milliseconds()
        return try repository.transaction { transaction throws(PaymentError) in
            transaction.put(VerificationRecord(at: at, fault: request.fault, lastSequence: request.lastSequence))
            return RecordVerificationResponse(at: at)
        }
    }
}
