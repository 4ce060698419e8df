import JSON
import Payments

/// `POST /operator/deliveries/retry`: a notification is tried again from the beginning.
struct RetryDeliveryRequest: RequestBody {
    let delivery: DocumentID

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        delivery = try body.id("id")
    }

    var subject: String { delivery.text }
}

struct RetryDeliveryResponse: ResponseBody {
    let delivery: DocumentID

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", delivery.text)
        writer.member("state", Delivery.State.waiting.rawValue)
        writer.endObject()
    }
}

extension MerchantOperatorEndpoints {
    @Sendable func retryDelivery(
        _ request: RetryDeliveryRequest, _ call: Call
    ) throws(PaymentError) -> Committed<RetryDeliveryResponse> {
        let sequence = try deliveries.retry(request.delivery)
        return Committed(result: RetryDeliveryResponse(delivery: request.delivery), sequence: sequence)
    }
}
