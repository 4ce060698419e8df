import Payments

/// Documents in memory: those used of late, and all that are not durable yet.
///
/// The clock algorithm (Corbato, "A Paging Experiment with the Multics System", 1968): a ring of slots, and a hand that
/// gives each used one a second chance. A purchase, which is written and hardly looked at again, goes soon; a player who
/// buys often stays. One insertion frees one document, so nobody waits while thousands are freed.
struct DocumentCache: Sendable {
    private struct Slot: Sendable {
        var key: Fingerprint
        var document: StoredDocument
        /// Whether it was looked up since the hand came by.
        var isUsed: Bool
    }

    private var slots: [Slot] = []
    private var places: [Fingerprint: Int] = [:]
    private var hand = 0
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    mutating func find(_ key: Fingerprint) -> StoredDocument? {
        guard let place = places[key] else { return nil }
        slots[place].isUsed = true
        return slots[place].document
    }

    func contains(_ key: Fingerprint) -> Bool {
        places[key] != nil
    }

    /// - Parameter durable: versions above it are nowhere else than here, and are kept whatever their age.
    mutating func insert(_ document: StoredDocument, at key: Fingerprint, durable: SequenceNumber) {
        if let place = places[key] {
            slots[place].document = document
            return
        }
        let slot = Slot(key: key, document: document, isUsed: false)
        guard let place = placeToReuse(durable) else {
            places[key] = slots.count
            return slots.append(slot)
        }
        places[slots[place].key] = nil
        places[key] = place
        slots[place] = slot
    }

    /// A slot whose document may go; nil when there is room for another, or nothing may go.
    private mutating func placeToReuse(_ durable: SequenceNumber) -> Int? {
        guard slots.count >= capacity else { return nil }
        for _ in 0..<2 * slots.count {
            hand = hand + 1 < slots.count ? hand + 1 : 0
            if slots[hand].document.sequence > durable { continue }
            if !slots[hand].isUsed { return hand }
            slots[hand].isUsed = false
        }
        return nil
    }
}
