import JSON
import Payments
import Testing

@testable import API

/// One event of Stripe's, and what it says of a payment.
struct StripeNews: Sendable, CustomTestStringConvertible {
    let type: String
    let object: String
    let news: String?

    init(_ type: String, _ object: String, _ news: String?) {
        self.type = type
        self.object = object
        self.news = news
    }

    var testDescription: String { "\(type) \(news ?? "nothing")" }
}

@Suite struct MerchantStripeEventTests {
    private static func notification(_ type: String, _ object: String, id: String = "evt_1") throws
        -> ProviderNotification?
    {
        let event = StripeWebhookEvent(
            id: id, type: type, account: StripeAccountID("acct_1"), isLive: false, created: 1)
        return ProviderNotification(event, try JSONDocument(parsing: Array(object.utf8)).root)
    }

    static let rows: [StripeNews] = [
        .init("payment_intent.amount_capturable_updated", #"{"id":"pi_1"}"#, "held(expires: nil)"),
        .init("payment_intent.succeeded", #"{"id":"pi_1","amount_received":300,"currency":"eur"}"#, "paid 300 EUR"),
        .init("payment_intent.succeeded", #"{"id":"pi_1"}"#, "paid"),
        .init(
            "payment_intent.payment_failed", #"{"id":"pi_1","last_payment_error":{"message":"Declined."}}"#,
            "failed Declined."),
        .init("payment_intent.payment_failed", #"{"id":"pi_1"}"#, "failed The payment failed."),
        .init("payment_intent.canceled", #"{"id":"pi_1"}"#, "cancelled"),
        .init("payment_intent.created", #"{"id":"pi_1"}"#, nil),
        .init("payment_intent.processing", #"{"id":"pi_1"}"#, nil),
        .init("payment_intent.succeeded", "{}", nil),
        .init("payment_intent.succeeded", #"{"id":7}"#, nil),
        .init(
            "charge.refunded", #"{"id":"ch_1","payment_intent":"pi_1","amount_refunded":200}"#, "refunded 200"),
        .init(
            "charge.refunded", #"{"id":"ch_1","payment_intent":{"id":"pi_1"},"amount_refunded":200}"#, "refunded 200"),
        .init("charge.refunded", #"{"id":"ch_1","payment_intent":null,"amount_refunded":200}"#, nil),
        .init(
            "charge.dispute.created", #"{"id":"dp_1","payment_intent":"pi_1","amount":300,"currency":"eur"}"#,
            "disputed dp_1 300 EUR"),
        .init(
            "charge.dispute.closed",
            #"{"id":"dp_1","payment_intent":"pi_1","amount":300,"currency":"eur","status":"won"}"#, "won dp_1 300 EUR"),
        .init(
            "charge.dispute.closed",
            #"{"id":"dp_1","payment_intent":"pi_1","amount":300,"currency":"eur","status":"lost"}"#, nil),
        .init("charge.dispute.created", #"{"id":"dp_1","payment_intent":"pi_1","amount":0,"currency":"eur"}"#, nil),
        .init(
            "refund.updated",
            #"""
            {"object":"refund","id":"re_1","payment_intent":"pi_1","status":"succeeded","metadata":{"reference":"p-1"}}
            """#, "refund re_1 p-1 approved re_1"),
        .init(
            "refund.failed",
            #"{"object":"refund","id":"re_1","payment_intent":"pi_1","status":"failed","failure_reason":"expired"}"#,
            "refund re_1 - declined expired"),
        .init(
            "charge.refund.updated", #"{"object":"refund","id":"re_1","payment_intent":"pi_1","status":"pending"}"#,
            "refund re_1 - pending"),
        .init("refund.updated", #"{"object":"refund","id":"re_1","payment_intent":"pi_1","status":"new"}"#, nil),
    ]

    @Test(arguments: rows)
    func `an event says what became of a payment`(_ row: StripeNews) throws {
        let notification = try MerchantStripeEventTests.notification(row.type, row.object)
        #expect(notification.map { MerchantStripeEventTests.text($0.news) } == row.news)
        guard let notification else { return }
        #expect(notification.providerID == ProviderTransactionID("pi_1"))
        #expect(notification.account == StripeAccountID("acct_1"))
        #expect(notification.mode == .test)
    }

    @Test func `our own id comes from the metadata`() throws {
        let object = #"{"id":"pi_1","metadata":{"transaction":"kD93mfT0aQ1LxZ77bVcP"}}"#
        let found = try MerchantStripeEventTests.notification("payment_intent.canceled", object)
        #expect(found?.payment == PaymentID("kD93mfT0aQ1LxZ77bVcP"))
        let none = try MerchantStripeEventTests.notification(
            "payment_intent.canceled", #"{"id":"pi_1","metadata":{"transaction":""}}"#)
        #expect(none?.payment == nil)
    }

    @Test(arguments: ["", String(repeating: "e", count: 256)])
    func `an event without a usable id says nothing`(_ id: String) throws {
        #expect(try MerchantStripeEventTests.notification("payment_intent.canceled", #"{"id":"pi_1"}"#, id: id) == nil)
    }

    private static func text(_ news: ProviderNotification.News) -> String {
        func text(_ money: Money) -> String { "\(money.minorUnits) \(money.currency)" }
        return switch news {
        case .held(let expires): "held(expires: \(expires.map(String.init) ?? "nil"))"
        case .paid(let money): ["paid", money.map(text)].compactMap(\.self).joined(separator: " ")
        case .failed(let message): "failed \(message)"
        case .cancelled: "cancelled"
        case .refunded(let total): "refunded \(total)"
        case .disputed(let id, let money): "disputed \(id) \(text(money))"
        case .disputeWon(let id, let money): "won \(id) \(text(money))"
        case .refund(let refund, let outcome): "refund \(refund.id) \(refund.reference ?? "-") \(word(outcome))"
        }
    }

    private static func word(_ outcome: ProviderOutcome) -> String {
        switch outcome {
        case .approved(let approval): "approved \(approval.id)"
        case .declined(let reason, _): "declined \(reason)"
        case .pending: "pending"
        case .failed, .connectionLost, .lapsed, .unknown: "\(outcome)"
        }
    }
}
