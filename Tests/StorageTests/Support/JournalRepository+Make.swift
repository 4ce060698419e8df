import Synchronization

@testable import Payments
@testable import Storage

extension JournalConfiguration {
    static func make(
        firstSegmentBytes: Int = 4096, segmentBytes: Int = 8192, lineBytes: Int = 2048, pendingBytes: Int = 1 << 20,
        cachedDocuments: Int = 4, snapshotAfterBytes: Int = 1 << 40, deletesCovered: Bool = false,
        sealAfterMilliseconds: Int = 60_000
    ) -> JournalConfiguration {
        var configuration = JournalConfiguration()
        configuration.firstSegmentBytes = firstSegmentBytes
        configuration.segmentBytes = segmentBytes
        configuration.lineBytes = lineBytes
        configuration.pendingBytes = pendingBytes
        configuration.cachedDocuments = cachedDocuments
        configuration.snapshotAfterBytes = snapshotAfterBytes
        configuration.deletesCovered = deletesCovered
        configuration.sealAfterMilliseconds = sealAfterMilliseconds
        return configuration
    }
}

extension JournalRepository {
    /// Opens and starts a store, with tiny files.
    static func make(
        _ directory: String, _ configuration: JournalConfiguration = .make(),
        fileSystem: any FileSystem = PosixFileSystem(), log: EventLog = EventLog()
    ) throws -> JournalRepository {
        let repository = try JournalRepository(
            directory: directory, configuration: configuration, fileSystem: fileSystem)
        repository.start(log.events)
        return repository
    }
}

extension JournalRepository {
    /// The result of a body that is run as a batch.
    @discardableResult
    func batched<Value>(
        signalling event: Int32? = nil, _ body: () throws(PaymentError) -> Value
    ) throws(PaymentError) -> Value {
        var result: Result<Value, PaymentError>?
        batch(signalling: event) {
            do throws(PaymentError) { result = .success(try body()) } catch { result = .failure(error) }
        }
        guard let result else { throw PaymentError(.unavailable, "The batch was not run.") }
        return try result.get()
    }
}

/// What a journal told its owner.
final class EventLog: Sendable {
    private struct Entries {
        var durable: [SequenceNumber] = []
        var failures: [String] = []
        var warnings: [String] = []
    }

    private let entries = Mutex(Entries())

    var durable: [SequenceNumber] { entries.withLock { $0.durable } }
    var failures: [String] { entries.withLock { $0.failures } }
    var warnings: [String] { entries.withLock { $0.warnings } }

    var events: JournalEvents {
        JournalEvents(
            onDurable: { sequence in self.entries.withLock { $0.durable.append(sequence) } },
            onFailure: { reason in self.entries.withLock { $0.failures.append(reason) } },
            onWarning: { reason in self.entries.withLock { $0.warnings.append(reason) } })
    }
}

extension Repository {
    /// Puts one account in a transaction of its own.
    @discardableResult
    func put(_ account: Account) throws(PaymentError) -> SequenceNumber {
        try perform(reading: []) { transaction in transaction.put(account) }
    }

    func balance(_ id: String) throws(PaymentError) -> Int64? {
        try account(id).result?.balance
    }

    func account(_ id: String) throws(PaymentError) -> Committed<Account?> {
        try transaction(reading: [DocumentKey(Account.kind, DocumentID(id))]) { transaction throws(PaymentError) in
            try transaction.get(Account.self, DocumentID(id))
        }
    }
}
