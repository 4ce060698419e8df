import JSON
import Payments

/// `POST /operator/stripe/settle`: what the operator has dealt with, `exchange` or `deauthorization`.
struct StripeSettlementRequest: RequestBody {
    let matter: Matter

    enum Matter {
        /// The digest `tollgate stripe unknown` shows.
        case exchange(String)
        /// Of the authorization that was deleted.
        case deauthorization(StripeAuthorizationID)
    }

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        let exchange = try body.optionalText("exchange")
        let authorization = try body.optionalInt64("deauthorization")
        switch (exchange, authorization) {
        case (let digest?, nil):
            guard digest.utf8.count == 64, digest.utf8.allSatisfy(StripeSettlementRequest.isHexadecimal) else {
                throw body.fault("exchange", "must be 64 hexadecimal digits, as tollgate stripe unknown shows them")
            }
            matter = .exchange(digest)
        case (nil, let number?):
            guard number > 0 else { throw body.fault("deauthorization", "must be greater than 0") }
            matter = .deauthorization(StripeAuthorizationID(number))
        case (nil, nil), (.some, .some):
            throw PaymentError(.invalid, "Name either an exchange or a deauthorization.")
        }
    }

    var subject: String {
        switch matter {
        case .exchange(let digest): "exchange-\(digest)"
        case .deauthorization(let authorization): "deauthorization-\(authorization)"
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}

struct StripeSettlementResponse: ResponseBody {
    /// The event it was about; nil for a deauthorization.
    let event: EventID?

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("settled", true)
        if let event { writer.member("event", event.number) }
        writer.endObject()
    }
}

extension StripeOperations {
    @Sendable func settle(
        _ request: StripeSettlementRequest, _ call: Call
    ) throws(PaymentError) -> Committed<StripeSettlementResponse> {
        switch request.matter {
        case .exchange(let digest):
            let code = try connections().settle(exchange: digest)
            return Committed(result: StripeSettlementResponse(event: code.result.event), sequence: code.sequence)
        case .deauthorization(let authorization):
            let done = try connections().settle(deauthorizationOf: authorization)
            return Committed(result: StripeSettlementResponse(event: nil), sequence: done.sequence)
        }
    }
}
