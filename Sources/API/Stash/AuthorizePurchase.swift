import JSON
import Payments

/// `POST /purchase/{player_id}`: the older call, answered as the guide's program answers it.
struct AuthorizePurchaseRequest: RequestBody {
    let command: PurchaseCommand

    init(_ body: WireObject, _ call: Call) throws(PaymentError) {
        let caller = try call.requireCaller()
        guard let player = call.parameters.first else { throw PaymentError(.notFound, "Not found") }
        if let problem = IDText.problem(with: player) { throw .invalid("player_id", problem) }
        let transaction: TransactionID = try AuthorizePurchaseRequest.required("transactionId", body).id("transactionId")
        let objects = try AuthorizePurchaseRequest.required("items", body).objects("items")
        guard !objects.isEmpty else { throw body.fault("items", "must not be empty") }
        var items: [OrderItem] = []
        for object in objects {
            let id: ItemID = try AuthorizePurchaseRequest.required("id", object).id("id")
            let quantity = try AuthorizePurchaseRequest.required("quantity", object).positiveUInt32("quantity")
            items.append(OrderItem(product: id, quantity: quantity))
        }
        command = PurchaseCommand(
            transaction: transaction, player: PlayerID(player), order: Order(items: items),
            details: PurchaseDetails(keyName: caller.keyName, scheme: caller.scheme.rawValue))
    }

    var subject: String { command.transaction.text }

    /// The guide's program lets Python's KeyError speak for a missing member; its callers may look for that text.
    private static func required(_ name: WireName, _ object: WireObject) throws(PaymentError) -> WireObject {
        guard try object.value(name) != nil else { throw PaymentError(.invalid, "Missing key: '\(name.camel)'") }
        return object
    }
}

struct AuthorizePurchaseResponse: ResponseBody {
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("message", "Transaction processed successfully")
        writer.endObject()
    }
}

extension StashEndpoints {
    @Sendable func authorize(
        _ request: AuthorizePurchaseRequest, _ call: Call
    ) throws(PaymentError) -> Committed<AuthorizePurchaseResponse> {
        let committed = try purchases.authorize(request.command, in: try call.requireCaller().shop)
        return Committed(result: AuthorizePurchaseResponse(), sequence: committed.sequence)
    }
}
