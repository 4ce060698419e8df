import Payments

/// Documents in memory: those used of late, and all that are not durable yet.
///
/// What is settled goes as soon as it is durable, while its memory is still at hand: a purchase, which is written and
/// hardly looked at again.
///
/// The others share a ring, by the generalized clock algorithm (Smith, "Sequentiality and Prefetching in Database Systems",
/// 1978): slots, and a hand that comes round to each used one several times before it goes. What was looked up only once
/// goes at the hand's first visit; a player who buys again stays. One insertion frees one document, so nobody waits
/// while thousands are freed.
struct DocumentCache: Sendable {
    private struct Slot: Sendable {
        var key: Fingerprint
        var document: StoredDocument
        /// How often the hand still passes it by; a look-up gives it all of them again.
        var chances = 0
    }

    /// Settled documents that are not durable yet.
    private var leaving: [Fingerprint: StoredDocument] = [:]
    private var slots: [Slot] = []
    private var places: [Fingerprint: Int] = [:]
    private var hand = 0
    private let capacity: Int
    private static let chances = 3

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    mutating func find(_ key: Fingerprint) -> StoredDocument? {
        guard let place = places[key] else { return leaving[key] }
        slots[place].chances = Self.chances
        return slots[place].document
    }

    func contains(_ key: Fingerprint) -> Bool {
        places[key] != nil || leaving[key] != nil
    }

    /// Lets a settled document go that is durable now.
    ///
    /// - Returns: the document, so that the caller frees it outside of its lock.
    mutating func leave(_ key: Fingerprint, durable: SequenceNumber) -> StoredDocument? {
        guard let place = leaving.index(forKey: key), leaving.values[place].sequence <= durable else { return nil }
        return leaving.remove(at: place).value
    }

    /// - Parameter durable: versions above it are nowhere else than here, and are kept whatever their age.
    mutating func insert(_ document: consuming StoredDocument, at key: Fingerprint, durable: SequenceNumber) {
        if let place = places[key] {
            slots[place].document = document
            return
        }
        if document.sequence > durable, document.isSettled {
            leaving[key] = document
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
