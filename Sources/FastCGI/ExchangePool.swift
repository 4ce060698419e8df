import Synchronization

/// Exchanges nobody uses at the moment.
final class ExchangePool: Sendable {
    /// Each keeps some 20 KB of libfcgi's.
    private static let limit = 256
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
