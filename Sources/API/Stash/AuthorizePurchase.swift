import JSON
import Payments

/// `POST /purchase/{player_id}`: the older call, answered as the guide's program answers it.
struct AuthorizePurchaseRequest: RequestBody {
    let command: PurchaseCommand

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        let caller = try call.requireShop()
        guard let player = call.parameters.first else { throw PaymentError(.notFound, "Not found") }
        if let problem = IDText.problem(with: player) { throw .invalid("player_id", problem) }
        guard let transaction: TransactionID = try body.optionalID("transactionId") else {
            try AuthorizePurchaseRequest.refuse("transactionId", of: body, "is required")
        }
        let items = try body.list("items", AuthorizePurchaseRequest.item)
        guard !items.isEmpty else { try AuthorizePurchaseRequest.refuse("items", of: body, "must not be empty") }
        command = PurchaseCommand(
            transaction: transaction, player: PlayerID(player), order: Order(items: items),
            details: caller.details)
    }

    var subject: String { command.transaction.text }

    private static func item(_ object: WireObject) throws(PaymentError) -> OrderItem {
        guard let id: ItemID = try object.optionalID("id") else { try refuse("id", of: object, "is required") }
        let quantity = try object.uint32("quantity")
        guard quantity > 0 else { try refuse("quantity", of: object, "must be greater than 0") }
        return OrderItem(product: id, quantity: quantity)
    }

    /// The guide's program lets Python's KeyError speak for a missing member; its callers may look for that text.
    private static func refuse(
        _ name: WireName, of object: WireObject, _ message: String
    ) throws(PaymentError) -> Never {
        guard try object.value(name) != nil else { throw PaymentError(.invalid, "Missing key: '\(name.camel)'") }
        throw object.fault(name, message)
    }
}

struct AuthorizePurchaseResponse: ResponseBody {
    let change: PurchaseChange

    var decision: Decision { Decision(change) }

    /// The guide's program says the same to everybody.
    private static let text = Array(#"{"message":"Transaction processed successfully"}"#.utf8)

    var encoded: [UInt8] { AuthorizePurchaseResponse.text }

    func write(to writer: inout JSONWriter) {
        writer.raw(AuthorizePurchaseResponse.text)
    }
}

extension StashEndpoints {
    @Sendable func authorize(
        _ request: AuthorizePurchaseRequest, _ call: Call
    ) throws(PaymentError) -> Committed<AuthorizePurchaseResponse> {
        let committed = try purchases.authorize(request.command, in: try call.requireShop().shop)
        return Committed(
            result: AuthorizePurchaseResponse(change: committed.result.change), sequence: committed.sequence)
    }
}
