/// A notification to a merchant's webhook, written in the transaction that settled what it tells of.
package struct Delivery: Sendable {
    /// The webhook's id, the same for every attempt: merchants recognise repetitions by it.
    package let id: DocumentID
    package let merchant: MerchantID
    package let news: News
    package internal(set) var state: State
    /// How often it was tried.
    package internal(set) var attempts: Int
    /// When it is tried next, milliseconds since the Unix epoch; nil once it is over.
    package internal(set) var next: Int64?
    /// What came of the last attempt, for the operator.
    package internal(set) var lastAnswer: String?
    /// The page of the list of open deliveries it stands on.
    var page: Int64?
    let unknown: [UnknownMember]

    package enum State: String, Sendable {
        case waiting, delivered
        /// Every attempt failed: an operator may try again.
        case dead
    }

    /// What is told (contracts: authorization, section 6.5).
    package struct News: Sendable, Equatable {
        package let payment: PaymentID
        package let status: PaymentStatus
        package let action: PaymentAction
        package let method: PaymentMethod
        package let amount: Money
        package let reason: String
        /// Milliseconds since the Unix epoch.
        package let created: Int64
    }

    /// The delivery that tells of one settled operation. Its id follows from what it tells.
    init(_ result: PaymentResult, of payment: Payment, operation number: Int, now: Int64) {
        let reason = payment.operations.indices.contains(number) ? payment.operations[number].reason : nil
        self.init(
            id: DocumentID("\(payment.reference(number))-\(result.status.rawValue)"), merchant: payment.merchant,
            news: News(
                payment: payment.paymentID, status: result.status, action: result.action, method: payment.method,
                amount: result.amount, reason: reason ?? payment.purpose.reason, created: now),
            state: .waiting, attempts: 0, next: now, lastAnswer: nil, page: nil, unknown: [])
    }

    init(
        id: DocumentID, merchant: MerchantID, news: News, state: State, attempts: Int, next: Int64?,
        lastAnswer: String?, page: Int64?, unknown: [UnknownMember]
    ) {
        self.id = id
        self.merchant = merchant
        self.news = news
        self.state = state
        self.attempts = attempts
        self.next = next
        self.lastAnswer = lastAnswer
        self.page = page
        self.unknown = unknown
    }

    mutating func succeed(_ answer: String) {
        guard state == .waiting else { return }
        attempts += 1
        (state, next, lastAnswer) = (.delivered, nil, answer)
    }

    mutating func fail(_ answer: String, now: Int64) {
        guard state == .waiting else { return }
        attempts += 1
        lastAnswer = answer
        next = DeliverySchedule.next(after: attempts, now: now)
        if next == nil { state = .dead }
    }

    /// Begins all over again.
    mutating func retry(now: Int64) {
        (state, attempts, next) = (.waiting, 0, now)
    }
}
