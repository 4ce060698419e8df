import JSON
import Payments

/// `POST /operator/stripe/reseal`: the key that must be in force.
struct StripeResealRequest: RequestBody {
    let key: String

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        guard let key = try body.optionalText("key") else { throw body.fault("key", "is required") }
        self.key = key
    }

    var subject: String { key }
}

struct ResealingResponse: ResponseBody {
    let result: Resealing

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("resealed", Int64(result.resealed))
        writer.member("untouched", Int64(result.untouched))
        writer.name("failed")
        writer.beginArray()
        for key in result.failed { writer.string("\(key.kind.name)/\(key.id.text)") }
        writer.endArray()
        writer.endObject()
    }
}

extension StripeOperations {
    /// - Throws: `conflict` when the service seals with another key.
    @Sendable func reseal(
        _ request: StripeResealRequest, _ call: Call
    ) throws(PaymentError) -> Committed<ResealingResponse> {
        let connections = try connections()
        try connections.sealing.check(currentKey: request.key)
        return Committed(result: ResealingResponse(result: try connections.reseal()), sequence: 0)
    }
}

extension Sealing {
    /// - Throws: `conflict` when this seals with another key than `expected`: who asks has changed the configuration and
    ///   not put it in force, and would take the wrong key away afterwards.
    func check(currentKey expected: String) throws(PaymentError) {
        guard expected.hasSameBytes(as: currentKey) else {
            throw PaymentError(
                .conflict,
                "The service seals with the key \"\(currentKey)\", not with \"\(expected)\". Put the configuration in "
                    + "force first: systemctl reload tollgate")
        }
    }
}
