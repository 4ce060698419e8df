import JSON
import Payments

/// `POST /api/v1/purchase/confirm` (contract section 1.4), of any version from 2025-11-01 on.
struct ConfirmPaymentRequest: RequestBody {
    let command: PurchaseCommand

    init(_ body: WireObject, _ call: borrowing Call) throws(PaymentError) {
        let caller = try call.requireShop()
        try body.checkBelongs(to: caller.shop)
        var details = body.details(of: caller)
        details.completedAt = try body.completionTime()
        let order = Order(
            currency: try body.currency(), items: try body.orderItems("items", allowsZeros: false),
            bonus: try body.bonusItems(caller.shop.policy.extraItems), total: try body.positiveUInt32("total"),
            tax: try body.uint32("tax"))
        command = PurchaseCommand(
            transaction: try body.transactionID(), player: try body.playerID(), order: order, details: details)
    }

    var subject: String { command.transaction.text }
}

extension WireObject {
    /// Required and positive: with `total` it is what a captured cancel body lacks, so one cannot be sent as a confirm.
    fileprivate func completionTime() throws(PaymentError) -> Int64 {
        let name = WireName("timeMillis", "time_millis")
        guard let time = try optionalInt64(name), time > 0 else { throw fault(name, "must be greater than 0") }
        return time
    }

    /// `bonusItems`, and the three numbers that did their work until 2026-02-25.
    fileprivate func bonusItems(_ extra: ShopPolicy.ExtraItems) throws(PaymentError) -> [Grant] {
        var grants = try list(WireName("bonusItems", "bonus_items")) { object throws(PaymentError) in
            Grant(item: try object.id("id"), quantity: Int64(try object.positiveUInt32("quantity")))
        }
        let extras: [(WireName, ItemID)] = [
            (WireName("extraInGameCurrency", "extra_in_game_currency"), extra.inGameCurrency),
            (WireName("extraLoyaltyPoints", "extra_loyalty_points"), extra.loyaltyPoints),
            (WireName("extraLoyaltyCredits", "extra_loyalty_credits"), extra.loyaltyCredits),
        ]
        for (name, item) in extras {
            let quantity = try uint32(name)
            if quantity > 0 { grants.append(Grant(item: item, quantity: Int64(quantity))) }
        }
        return grants
    }
}

/// One result for each item bought; their presence means success.
struct ConfirmPaymentResponse: ResponseBody {
    let order: Order
    let change: PurchaseChange

    var decision: Decision { Decision(change) }
    var revenue: Revenue? {
        guard change == .made else { return nil }
        return order.total.map { Revenue(minorUnits: $0, currency: order.currency) }
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("results")
        writer.beginArray()
        for item in order.items {
            writer.beginObject()
            item.writeIDs(to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}

extension StashEndpoints {
    @Sendable func confirm(
        _ request: ConfirmPaymentRequest, _ call: Call
    ) throws(PaymentError) -> Committed<ConfirmPaymentResponse> {
        let shop = try call.requireShop().shop
        let committed = try purchases.confirm(request.command, in: shop)
        if committed.result.totalDiffers { warnAboutTotal(of: request.command.transaction, in: shop) }
        // The stored order, not the request's: a repetition may list the items otherwise, and gets the same bytes.
        return Committed(
            result: ConfirmPaymentResponse(order: committed.result.order, change: committed.result.change),
            sequence: committed.sequence)
    }
}
