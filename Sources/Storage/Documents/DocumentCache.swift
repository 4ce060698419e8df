import Payments

/// Documents in memory: those used of late, and all that are not durable yet.
///
/// The generalized clock algorithm (Smith, "Sequentiality and Prefetching in Database Systems", 1978): a ring of slots,
/// and a hand that comes round to each used one several times before it goes. A purchase, which is written and hardly
/// looked at again, goes at the hand's first visit; a player who buys again stays, though purchases take most of the
/// room. One insertion frees one document, so nobody waits while thousands are freed.
struct DocumentCache: Sendable {
    private struct Slot: Sendable {
        var key: Fingerprint
        var document: StoredDocument
        /// How often the hand still passes it by; a look-up gives it all of them again.
        var chances = 0
    }

    private var slots: [Slot] = []
    private var places: [Fingerprint: Int] = [:]
    private var hand = 0
    private let capacity: Int
    private static let chances = 3

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    mutating func find(_ key: Fingerprint) -> StoredDocument? {
        guard let place = places[key] else { return nil }
        slots[place].chances = Self.chances
        return slots[place].document
    }

    func contains(_ key: Fingerprint) -> Bool {
        places[key] != nil
    }

    /// - Parameter durable: versions above it are nowhere else than here, and are kept whatever their age.
    mutating func insert(_ document: consuming StoredDocument, at key: Fingerprint, durable: SequenceNumber) {
        if let place = places[key] {
            slots[place].document = document
            return
        }
        let slot = Slot(key: key, document: document)
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
        for _ in 0..<(Self.chances + 1) * slots.count {
            hand = hand + 1 < slots.count ? hand + 1 : 0
            if slots[hand].document.sequence > durable { continue }
            if slots[hand].chances == 0 { return hand }
            slots[hand].chances -= 1
        }
        return nil
    }
}
