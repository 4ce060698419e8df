import Payments
import Storage

/// What the state says about today, and about what somebody has to look after.
struct StateFigures {
    /// Sums of one environment; test sales never enter a production sum.
    struct Day {
        var counts: [PurchaseStatus: Int] = [:]
        /// Confirmed totals in minor units, by currency.
        var revenue: [(currency: String, minorUnits: Int64)] = []
    }

    private(set) var size = StoreSize()
    private(set) var lastSequence: SequenceNumber = 0
    private(set) var verification: VerificationRecord?
    /// The latest moment a purchase was decided at, milliseconds since the Unix epoch.
    private(set) var newest: Int64 = 0
    /// Purchases whose last decision was today.
    private var today: [DocumentID: (purchase: Purchase, status: PurchaseStatus)] = [:]
    /// How many operations of a payment nobody knows the outcome of.
    private var unknownOperations: [DocumentID: Int] = [:]
    /// How many exchanges of a shelf have no known end.
    private var unknownCodes: [DocumentID: Int] = [:]
    private var dead: Set<DocumentID> = []

    /// After this long without an answer nobody waits for it any more.
    private static let callMilliseconds: Int64 = 120_000

    init() {}

    /// Reads the whole state once.
    ///
    /// - Parameter now: milliseconds since the Unix epoch; today is its day in UTC.
    init(_ reader: StateReader, now: Int64) throws(CommandFailure) {
        var figures = StateFigures()
        figures.size = try reader.size()
        try reader.forEachVersion { entry throws(DocumentError) in
            try figures.add(kind: entry.kind, id: entry.id, json: entry.json, sequence: entry.sequence, now: now)
        }
        self = figures
    }

    /// Operations of payments of which nobody knows whether the provider carried them out.
    var unknownPayments: Int { unknownOperations.values.reduce(0, +) }
    /// Exchanges with Stripe whose end nobody knows.
    var unknownExchanges: Int { unknownCodes.values.reduce(0, +) }
    /// Notifications to merchants that were given up.
    var deadDeliveries: Int { dead.count }

    var days: [PaymentEnvironment: Day] {
        var days: [PaymentEnvironment: Day] = [:]
        for (purchase, status) in today.values {
            days[purchase.purchaseKey.environment, default: Day()].add(purchase, status)
        }
        return days
    }

    /// Takes in a version of a document, in the order they were written.
    mutating func add(
        kind: String, id: DocumentID, json: [UInt8], sequence: SequenceNumber, now: Int64
    ) throws(DocumentError) {
        lastSequence = max(lastSequence, sequence)
        switch kind {
        case Purchase.kind.name:
            let purchase = try Purchase.decode(json)
            let decided = StateFigures.decided(purchase)
            newest = max(newest, decided)
            let isToday = decided >= now - now % 86_400_000
            today[id] = isToday ? (purchase, PurchaseStatus(purchase, now: now)) : nil
        case Payment.kind.name:
            let count = StateFigures.unknownOperations(of: try Payment.decode(json), now)
            unknownOperations[id] = count == 0 ? nil : count
        case Delivery.kind.name:
            let isDead = try Delivery.decode(json).state == .dead
            if isDead { dead.insert(id) } else { dead.remove(id) }
        case StripeCode.kind.name:
            let count = try Shelf<StripeCode>.decode(json).records.count { code in
                code.state == .unknown
                    || (code.state == .started && now - code.started > StateFigures.callMilliseconds)
            }
            unknownCodes[id] = count == 0 ? nil : count
        case VerificationRecord.kind.name: verification = try VerificationRecord.decode(json)
        default: break  // says nothing about today
        }
    }

    private static func decided(_ purchase: Purchase) -> Int64 {
        purchase.history.confirmed ?? purchase.history.cancelled ?? purchase.history.registered ?? 0
    }

    private static func unknownOperations(of payment: Payment, _ now: Int64) -> Int {
        payment.operations.count { operation in
            operation.state == .unknown || (operation.state == .calling && now - operation.started > callMilliseconds)
        }
    }
}

extension StateFigures.Day {
    fileprivate mutating func add(_ purchase: Purchase, _ status: PurchaseStatus) {
        counts[status, default: 0] += 1
        guard purchase.state == .confirmed, let total = purchase.order.total else { return }
        let currency = purchase.order.currency
        guard let index = revenue.firstIndex(where: { $0.currency.hasSameBytes(as: currency) }) else {
            return revenue.append((currency, Int64(total)))
        }
        // Two thousand million purchases at the highest price stay below this.
        let (sum, overflow) = revenue[index].minorUnits.addingReportingOverflow(Int64(total))
        revenue[index].minorUnits = overflow ? .max : sum
    }
}
