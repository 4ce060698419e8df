/// How much waits for somebody at a moment: for the metrics, which ask every few seconds.
package struct OpenFigures: Sendable {
    /// Notifications to merchants that were not delivered yet, and when the oldest of them was written.
    package private(set) var deliveries = 0
    package private(set) var oldestDelivery: Int64?
    /// Operations of payments, and exchanges with Stripe, whose outcome nobody knows, and records on these lists that
    /// cannot be read: one of them must not hide the others from whoever is called at night.
    package private(set) var unknown = 0

    /// After this long without an answer nobody waits for it any more.
    private static let callMilliseconds: Int64 = 120_000
    /// Of each kind no more are looked at. Whoever has so many has other troubles than their exact number.
    private static let limit = 10_000
    /// A transaction holds the repository's lock.
    private static let batch = 100

    /// - Parameter now: milliseconds since the Unix epoch.
    package init(_ repository: any Repository, now: Int64) throws(PaymentError) {
        let waiting = try OpenList.deliveries.due(at: .max, limit: OpenFigures.limit, in: repository).map(\.id)
        let written = try documents(Delivery.self, waiting, in: repository)
            .filter { $0.state == .waiting }.map(\.news.created)
        deliveries = written.count
        oldestDelivery = written.min()
        let open = try OpenList.payments.due(at: .max, limit: OpenFigures.limit, in: repository).map(\.id)
        for payment in try documents(Payment.self, open, in: repository) {
            unknown += payment.operations.count {
                $0.state == .unknown || ($0.state == .calling && now - $0.started > OpenFigures.callMilliseconds)
            }
        }
        let ledger = try repository.transaction { transaction throws(PaymentError) in
            try transaction.get(StripeLedger.self, StripeLedger.only)
        }.result
        // An exchange that is on the list stands on its shelf, among others that have ended.
        let shelves = Set((ledger?.exchanges ?? []).map { Shelf<StripeCode>.key($0).id })
        for shelf in try documents(Shelf<StripeCode>.self, Array(shelves), in: repository) {
            unknown += shelf.records.count {
                $0.state == .unknown || ($0.state == .started && now - $0.started > OpenFigures.callMilliseconds)
            }
        }
    }

    private mutating func documents<D: Document>(
        _ type: D.Type, _ ids: [DocumentID], in repository: any Repository
    ) throws(PaymentError) -> [D] {
        var found: [D] = []
        for start in stride(from: 0, to: ids.count, by: OpenFigures.batch) {
            let keys = ids[start..<min(start + OpenFigures.batch, ids.count)].map { DocumentKey(D.kind, $0) }
            let (documents, unreadable) = try repository.transaction(reading: keys) {
                transaction throws(PaymentError) -> ([D], Int) in
                var documents: [D] = []
                var unreadable = 0
                for key in keys {
                    do throws(PaymentError) {
                        if let document = try transaction.get(D.self, key) { documents.append(document) }
                    } catch {
                        unreadable += 1
                    }
                }
                return (documents, unreadable)
            }.result
            found += documents
            unknown += unreadable
        }
        return found
    }
}
