/// Brings notifications to merchants, and keeps trying.
package struct DeliveryService: Sendable {
    private let repository: any Repository
    private let clock: Clock
    private let sender: any DeliverySender
    private let count: DeliveryCount

    /// Who takes a delivery has it for that long, so that two threads do not send it at once: longer than an attempt.
    private static let leaseMilliseconds: Int64 = 120_000

    package init(repository: any Repository, clock: Clock, sender: any DeliverySender, count: DeliveryCount) {
        self.repository = repository
        self.clock = clock
        self.sender = sender
        self.count = count
    }

    /// Tries what is due. Call it every second or so.
    ///
    /// - Returns: how many were tried.
    /// - Throws: the first delivery's trouble, once all were looked at.
    package func run(atMost limit: Int) throws(PaymentError) -> Int {
        try OpenList.deliveries.lookAfter(atMost: limit, clock: clock, in: repository) { id throws(PaymentError) in
            guard let message = try take(id) else { return 0 }
            switch sender.send(message) {
            case .accepted(let answer): try succeeded(id, answer)
            case .failed(let answer): try failed(id, answer)
            }
            return 1
        }
    }

    /// The deliveries that are due now.
    package func due(atMost limit: Int) throws(PaymentError) -> [DocumentID] {
        try OpenList.deliveries.due(at: clock.milliseconds(), limit: limit, in: repository).map(\.id)
    }

    /// Claims a delivery that is due, and says what to send.
    ///
    /// - Returns: nil when it is somebody else's by now, over, or the merchant wants no notifications any more; then it
    ///   is dead.
    package func take(_ id: DocumentID) throws(PaymentError) -> DeliveryMessage? {
        let now = clock.milliseconds()
        var isDead = false
        let committed = try repository.transaction { transaction throws(PaymentError) -> DeliveryMessage? in
            guard var delivery = try transaction.get(Delivery.self, id), delivery.state == .waiting,
                let next = delivery.next, next <= now
            else { return nil }
            let merchant = try transaction.get(Merchant.self, Merchant.key(delivery.merchant))
            guard let webhook = merchant?.webhook else {
                delivery.state = .dead
                delivery.lastAnswer = "The merchant has no webhook."
                try transaction.store(delivery)
                isDead = true
                return nil
            }
            delivery.next = now + DeliveryService.leaseMilliseconds
            try transaction.store(delivery)
            return DeliveryMessage(
                id: id.text, merchant: delivery.merchant, url: webhook.url, secret: webhook.secret, body: delivery.body)
        }
        // What it tells of must be durable before anybody hears of it.
        try repository.waitUntilDurable(committed.sequence)
        if isDead { count.settled(id, isDead: true) }
        return committed.result
    }

    package func succeeded(_ id: DocumentID, _ answer: String) throws(PaymentError) {
        count.attempted(id, isDelivered: true)
        _ = try change(id) { delivery, _ in delivery.succeed(answer) }
    }

    package func failed(_ id: DocumentID, _ answer: String) throws(PaymentError) {
        count.attempted(id, isDelivered: false)
        _ = try change(id) { delivery, now in delivery.fail(answer, now: now) }
    }

    /// Begins all over again, for an operator.
    ///
    /// - Returns: the position to wait for.
    /// - Throws: `notFound`.
    package func retry(_ id: DocumentID) throws(PaymentError) -> SequenceNumber {
        try change(id) { delivery, now in delivery.retry(now: now) }
    }

    private func change(
        _ id: DocumentID, _ body: (inout Delivery, Int64) -> Void
    ) throws(PaymentError) -> SequenceNumber {
        let now = clock.milliseconds()
        let committed = try repository.transaction { transaction throws(PaymentError) in
            guard var delivery = try transaction.get(Delivery.self, id) else {
                throw PaymentError(.notFound, "There is no such delivery.")
            }
            body(&delivery, now)
            try transaction.store(delivery)
            return delivery.state == .dead
        }
        count.settled(id, isDead: committed.result)
        return committed.sequence
    }
}

extension Transaction {
    /// Puts a delivery, and keeps the list of open ones right.
    fileprivate mutating func store(_ delivery: Delivery) throws(PaymentError) {
        var delivery = delivery
        switch (delivery.state, delivery.page) {
        case (.waiting, nil):
            delivery.page = try OpenList.deliveries.add(delivery.id, due: delivery.next ?? 0, in: &self)
        case (.waiting, let page?):
            try OpenList.deliveries.postpone(delivery.id, on: page, until: delivery.next ?? 0, in: &self)
        case (.delivered, let page?), (.dead, let page?):
            try OpenList.deliveries.remove(delivery.id, from: page, in: &self)
            delivery.page = nil
            delivery.next = nil
        case (.delivered, nil), (.dead, nil): break
        }
        put(delivery)
    }
}
