import ArgumentParser

/// A call that `tollgate send` makes.
enum SendOperation: String, CaseIterable, ExpressibleByArgument {
    case register, confirm, cancel, purchase, authorize

    var method: String {
        switch self {
        case .register, .confirm, .cancel, .purchase: "POST"
        case .authorize: "PUT"
        }
    }
}

/// What is bought, as `--item` writes it: `sword_123:1:999` is one sword_123 for 999 minor units.
struct SendItem: ExpressibleByArgument {
    let product: String
    let quantity: UInt32
    let cents: UInt32

    init(product: String, quantity: UInt32, cents: UInt32) {
        self.product = product
        self.quantity = quantity
        self.cents = cents
    }

    init?(argument: String) {
        // The id may hold colons: the two numbers are the last parts.
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3, let cents = UInt32(parts[parts.count - 1]),
            let quantity = UInt32(parts[parts.count - 2]), quantity > 0
        else { return nil }
        product = parts.dropLast(2).joined(separator: ":")
        if product.isEmpty { return nil }
        self.quantity = quantity
        self.cents = cents
    }
}
