import JSON
import Payments

/// `POST /api/v1/purchase/register` (contract section 1.3).
struct RegisterPaymentRequest: RequestBody {
    let items: [OrderItem]
    /// What to register, or why nothing of it can be: register says that in its items' statuses, once they can be read.
    let command: Result<PurchaseCommand, PaymentError>

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        let caller = try call.requireShop()
        let items = try body.orderItems("registrations", allowsZeros: true)
        self.items = items
        command = try RegisterPaymentRequest.refusable { () throws(PaymentError) in
            try body.checkBelongs(to: caller.shop)
            return PurchaseCommand(
                transaction: try body.transactionID(), player: try body.playerID(),
                order: Order(currency: try body.currency(), items: items), details: body.details(of: caller))
        }
    }

    var subject: String { (try? command.get())?.transaction.text ?? "" }
}

extension RequestBody {
    /// The command, or the refusal the route's own answer can tell. What cannot even be read is thrown on.
    static func refusable<Command>(
        _ command: () throws(PaymentError) -> Command
    ) throws(PaymentError) -> Result<Command, PaymentError> {
        do throws(PaymentError) {
            return .success(try command())
        } catch  where error.code == .invalid {
            return .failure(error)
        }
    }
}

/// Always sent with 200: errors are inside, one status for each item.
struct RegisterPaymentResponse: ResponseBody {
    let items: [RegisteredItem]

    /// Either all items are registered or none is; the first one at fault gives the reason.
    var decision: Decision {
        for item in items {
            switch item.status {
            case .registered: continue
            case .invalidPrice: return .priceRefused
            case .unspecified: return .unavailable
            case .invalidOffer, .insufficientInventory, .purchaseLimitExceeded, .locked: return .itemRefused
            }
        }
        return .registered
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("statuses")
        writer.beginArray()
        for item in items {
            writer.beginObject()
            item.item.writeIDs(to: &writer)
            writer.member("status", item.status.wireName)
            if let message = item.message { writer.member("message", message) }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    /// The same status for every item.
    init(_ request: RegisterPaymentRequest, all status: RegistrationStatus, message: String) {
        items = request.items.map { RegisteredItem(item: $0, status: status, message: message) }
    }

    init(items: [RegisteredItem]) {
        self.items = items
    }
}

extension StashEndpoints {
    @Sendable func register(
        _ request: RegisterPaymentRequest, _ call: Call
    ) throws(PaymentError) -> Committed<RegisterPaymentResponse> {
        switch request.command {
        case .failure(let refusal):
            let refused = RegisterPaymentResponse(request, all: .invalidOffer, message: refusal.sentence)
            return Committed(result: refused, sequence: 0)
        case .success(let command):
            let committed = try purchases.register(command, in: try call.requireShop().shop)
            return Committed(result: RegisterPaymentResponse(items: committed.result), sequence: committed.sequence)
        }
    }
}

extension RegistrationStatus {
    fileprivate var wireName: String {
        switch self {
        case .unspecified: "PURCHASE_REGISTRATION_STATUS_UNSPECIFIED"
        case .registered: "PURCHASE_REGISTRATION_STATUS_SUCCESS_REGISTERED"
        case .invalidOffer: "PURCHASE_REGISTRATION_STATUS_FAILED_INVALID_OFFER"
        case .insufficientInventory: "PURCHASE_REGISTRATION_STATUS_FAILED_INSUFFICIENT_INVENTORY"
        case .purchaseLimitExceeded: "PURCHASE_REGISTRATION_STATUS_FAILED_PURCHASE_LIMIT_EXCEEDED"
        case .invalidPrice: "PURCHASE_REGISTRATION_STATUS_FAILED_INVALID_PRICE"
        case .locked: "PURCHASE_REGISTRATION_STATUS_FAILED_PURCHASE_LOCKED"
        }
    }
}

extension OrderItem {
    /// `guid` and `productId`, as given: Stash wants at least one of them back.
    func writeIDs(to writer: inout JSONWriter) {
        if let guid { writer.member("guid", guid.text) }
        if let product { writer.member("productId", product.text) }
    }
}
