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

    /// Where a document is: a slot of the ring, or a position among those that leave.
    private enum Place: Sendable {
        case slot(UInt32)
        case leaving(UInt32)
    }

    private struct Leaving: Sendable {
        let key: Fingerprint
        let document: StoredDocument
    }

    private var places: [FingerprintKey: Place] = [:]
    private var slots: [Slot] = []
    private var hand = 0
    private let capacity: Int
    private static let chances = 3

    /// Settled documents that are not durable yet, in the order of their lines.
    private var leaving: [Leaving] = []
    /// The position of the first of them. Positions go on counting, and begin again after four billion.
    private var firstLeaving: UInt32 = 0

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    mutating func find(_ key: Fingerprint) -> StoredDocument? {
        switch places[FingerprintKey(key)] {
        case nil: return nil
        case .slot(let place):
            slots[Int(place)].chances = Self.chances
            return slots[Int(place)].document
        case .leaving(let position): return leaving[index(of: position)].document
        }
    }

    func contains(_ key: Fingerprint) -> Bool {
        places[FingerprintKey(key)] != nil
    }

    private func index(of position: UInt32) -> Int {
        Int(position &- firstLeaving)
    }

    /// Lets the settled documents go that are durable now.
    ///
    /// - Returns: those documents, so that the caller frees them outside of its lock.
    mutating func leave(durable: SequenceNumber) -> [StoredDocument] {
        var left: [StoredDocument] = []
        while left.count < leaving.count, leaving[left.count].document.sequence <= durable {
            // A later version may have taken its place.
            if let place = places.index(forKey: FingerprintKey(leaving[left.count].key)),
                case .leaving(firstLeaving &+ UInt32(left.count)) = places.values[place]
            {
                places.remove(at: place)
            }
            left.append(leaving[left.count].document)
        }
        leaving.removeFirst(left.count)
        firstLeaving &+= UInt32(left.count)
        return left
    }

    /// - Parameter durable: versions above it are nowhere else than here, and are kept whatever their age.
    mutating func insert(
        _ document: consuming StoredDocument, at key: Fingerprint, isSettled: Bool, durable: SequenceNumber
    ) {
        if case .slot(let place) = places[FingerprintKey(key)] {
            slots[Int(place)].document = document
            return
        }
        if document.sequence > durable, isSettled {
            // A version of it that leaves already does so on its own: the order stays that of the lines.
            places[FingerprintKey(key)] = .leaving(firstLeaving &+ UInt32(leaving.count))
            return leaving.append(Leaving(key: key, document: document))
        }
        let slot = Slot(key: key, document: document)
        guard let place = placeToReuse(durable) else {
            places[FingerprintKey(key)] = .slot(UInt32(slots.count))
            return slots.append(slot)
        }
        places[FingerprintKey(slots[place].key)] = nil
        places[FingerprintKey(key)] = .slot(UInt32(place))
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
