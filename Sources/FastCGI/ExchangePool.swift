import Synchronization

/// Exchanges nobody uses at the moment.
final class ExchangePool: Sendable {
    private static let limit = 1024
    private let free = Mutex<[Exchange]>([])

    func take() -> Exchange {
        free.withLock { $0.popLast() } ?? Exchange()
    }

    func put(_ exchange: Exchange) {
        free.withLock { free in
            if free.count < Self.limit { free.append(exchange) }
        }
    }
}
