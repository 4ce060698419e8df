import Payments
import Synchronization

@testable import Storage

/// A row of a table that has to be made in the test.
struct Variation<Input, Output>: Sendable {
    let make: @Sendable (Input) throws -> Output

    init(_ make: @escaping @Sendable (Input) throws -> Output) { self.make = make }
}

/// Runs the bodies at the same time, each on a thread of its own, and waits for all.
func together<Result: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) -> Result) -> [Result] {
    let results = Mutex<[Result]>([])
    let threads = (0..<count).map { index in
        Thread.start {
            let result = body(index)
            results.withLock { $0.append(result) }
        }
    }
    for thread in threads { thread?.join() }
    return results.withLock { $0 }
}

/// A value several threads change.
final class Synchronized<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    func append<Element>(_ elements: [Element]) where Value == [Element] {
        state.withLock { $0 += elements }
    }
}

/// A repository that can be told never to become durable.
final class MerchantDurability: Repository {
    private let memory = MemoryRepository(settlesAtOnce: true, onDurable: { _ in })
    private let refuses = Synchronized(false)

    var refusesToWait: Bool {
        get { refuses.value }
        set { refuses.value = newValue }
    }

    func perform(
        reading keys: [DocumentKey], _ body: (inout Transaction) throws(PaymentError) -> Void
    ) throws(PaymentError) -> SequenceNumber {
        try memory.perform(reading: keys, body)
    }

    func waitUntilDurable(_ sequence: SequenceNumber) throws(PaymentError) {
        if refusesToWait { throw PaymentError(.unavailable, "not durable") }
        try memory.waitUntilDurable(sequence)
    }
}
