import JSON
import Payments
import Storage
import Synchronization

/// A clock a test sets.
final class ManualClock: Sendable {
    private let time = Mutex<Int64>(1_753_993_257_000)

    var clock: Clock { Clock { self.time.withLock { $0 } } }

    func advance(minutes: Int64) {
        advance(seconds: minutes * 60)
    }

    func advance(seconds: Int64) {
        advance(milliseconds: seconds * 1000)
    }

    func advance(milliseconds: Int64) {
        time.withLock { $0 += milliseconds }
    }
}

extension Shop {
    static func make(
        id: String = "shop-1", environment: PaymentEnvironment = .test, policy: ShopPolicy = ShopPolicy()
    ) -> Shop {
        Shop(id: ShopID(id), environment: environment, policy: policy)
    }
}

extension OrderItem {
    static func make(
        guid: String? = "g-1", product: String? = "sword_123", quantity: UInt32 = 1, cents: UInt32 = 999
    ) -> OrderItem {
        OrderItem(guid: guid.map { ItemID($0) }, product: product.map { ItemID($0) }, quantity: quantity, cents: cents)
    }
}

extension Order {
    static func make(
        currency: String = "USD", items: [OrderItem] = [.make()], bonus: [Grant] = [], total: UInt32? = 1098,
        tax: UInt32 = 99
    ) -> Order {
        Order(currency: currency, items: items, bonus: bonus, total: total, tax: tax)
    }

    /// As a register states it: without what only a confirm knows.
    static func registration(items: [OrderItem] = [.make()]) -> Order {
        .make(items: items, total: nil, tax: 0)
    }
}

extension PurchaseDetails {
    static let sample = PurchaseDetails(keyName: "studio-1", scheme: "v1")
}

extension PurchaseCommand {
    static func make(
        transaction: String = "tx-1", player: String = "p-1", order: Order = .make()
    ) -> PurchaseCommand {
        PurchaseCommand(
            transaction: TransactionID(transaction), player: PlayerID(player), order: order, details: .sample)
    }
}

extension CancelCommand {
    static func make(transaction: String = "tx-1", player: String = "p-1") -> CancelCommand {
        CancelCommand(transaction: TransactionID(transaction), player: PlayerID(player), details: .sample)
    }
}

/// A service over memory, with what a test wants to ask of it.
struct World {
    let repository = MemoryRepository(settlesAtOnce: true, onDurable: { _ in })
    let clock = ManualClock()
    let shop: Shop
    let service: PurchaseService

    init(shop: Shop = .make()) {
        self.shop = shop
        service = PurchaseService(repository: repository, clock: clock.clock)
    }

    func purchase(_ transaction: String = "tx-1") throws -> Purchase? {
        let key = PurchaseKey(shop, TransactionID(transaction))
        return try repository.transaction { transaction throws(PaymentError) in
            try transaction.get(Purchase.self, key.document)
        }.result
    }

    /// How many of an item the player holds.
    func holds(_ item: String, player: String = "p-1") throws -> Int64 {
        let id = Holdings.key(shop, PlayerID(player))
        let holdings = try repository.transaction { transaction throws(PaymentError) in
            try transaction.get(Holdings.self, id)
        }.result
        return holdings?.items.first { $0.item == ItemID(item) }?.quantity ?? 0
    }

    /// The error code of a confirmation that must fail; nil when it does not.
    func refusal(confirming command: PurchaseCommand) -> PaymentError.Code? {
        refusal { () throws(PaymentError) in _ = try service.confirm(command, in: shop) }
    }

    func refusal(authorizing command: PurchaseCommand) -> PaymentError.Code? {
        refusal { () throws(PaymentError) in _ = try service.authorize(command, in: shop) }
    }

    private func refusal(_ call: () throws(PaymentError) -> Void) -> PaymentError.Code? {
        do throws(PaymentError) {
            try call()
            return nil
        } catch {
            return error.code
        }
    }
}
