package import Payments
import Synchronization

/// Remembers when each configured key was first seen and last used: in memory per request, in the state now and then.
package final class KeyLedger: Sendable {
    private let repository: any Repository
    private let clock: Clock
    private let keys = Mutex<[Entry]>([])

    private struct Entry: Sendable {
        let use: KeyUse
        var record: KeyRecord
    }

    package init(repository: any Repository, clock: Clock) {
        self.repository = repository
        self.clock = clock
    }

    /// Takes over the keys of a configuration: those known go on with what is remembered, others begin.
    ///
    /// - Throws: `unavailable` or `overloaded`; nothing is taken over then.
    package func adopt(_ shops: [ShopKeys]) throws(PaymentError) {
        let now = clock.milliseconds()
        let before = keys.withLock { $0 }
        let all = shops.flatMap(\.uses)
        let records = try repository.transaction(
            reading: all.map(\.name.documentKey)
        ) { transaction throws(PaymentError) in
            var records: [KeyRecord] = []
            for (name, _) in all {
                let known = try transaction.get(KeyRecord.self, name.document)
                let record = known ?? KeyRecord(name, firstSeen: now)
                if known == nil { transaction.put(record) }
                records.append(record)
            }
            return records
        }.result
        var entries: [Entry] = []
        for ((name, use), record) in zip(all, records) {
            // What the previous configuration's object noted since it was last written.
            let noted = before.first { $0.record.key == name }?.use.lastUsed
            for time in [record.lastUsed, noted] { if let time { use.note(at: time) } }
            entries.append(Entry(use: use, record: record))
        }
        keys.withLock { $0 = entries }
    }

    /// Writes the keys that were used on a later day than the state knows: once per key and day at most.
    ///
    /// - Throws: `unavailable` or `overloaded`; the next call tries again.
    package func record() throws(PaymentError) {
        let changed = keys.withLock { $0 }.filter { $0.use.lastUsed != $0.record.lastUsed }
        guard !changed.isEmpty else { return }
        let written = try repository.transaction(reading: changed.map(\.record.key.documentKey)) {
            transaction throws(PaymentError) in
            var written: [KeyRecord] = []
            for entry in changed {
                var record = try transaction.get(KeyRecord.self, entry.record.id) ?? entry.record
                record.lastUsed = entry.use.lastUsed
                transaction.put(record)
                written.append(record)
            }
            return written
        }.result
        keys.withLock { keys in
            for record in written {
                if let index = keys.firstIndex(where: { $0.record.key == record.key }) { keys[index].record = record }
            }
        }
    }
}

extension KeyName {
    fileprivate var documentKey: DocumentKey { DocumentKey(KeyRecord.kind, document) }
}

extension ShopKeys {
    /// The shop's keys by name, with where their use is noted.
    fileprivate var uses: [(name: KeyName, use: KeyUse)] {
        purchaseKeys.map { (KeyName(shop, .purchase, $0.name), $0.use) }
            + egressKeys.map { (KeyName(shop, .egress, $0.name), $0.use) }
    }
}
