import API
import JSON
import Payments
import Testing

@testable import tollgate

@Suite struct `The sender` {
    private func purchase(_ transaction: String = "t") -> SendPurchase {
        let order = Order(
            currency: "USD", items: [OrderItem(product: ItemID("a:b"), quantity: 2, cents: 999)], total: 2097, tax: 99)
        return SendPurchase(
            transaction: transaction, player: "p/1", order: order, alias: "alias",
            shop: Shop(id: ShopID("s"), environment: .test))
    }

    private func plan(
        _ operations: [SendOperation], count: Int = 3, duplicate: Bool = false, reorder: Bool = false, seed: UInt64 = 1
    ) -> SendPlan {
        var generator = SeededGenerator(seed: seed)
        return SendPlan(
            operations, for: (0..<count).map { purchase("t-\($0)") }, isDuplicated: duplicate, isReordered: reorder,
            using: &generator)
    }

    private func names(_ plan: SendPlan) -> [String] {
        plan.jobs.map { job in
            job.map { "\($0.operation.rawValue) \($0.purchase.transaction)\($0.isRepeat ? " again" : "")" }
                .joined(separator: ", ")
        }
    }

    @Test(
        arguments: [
            ("sword_123:1:999", "sword_123", 1, 999), ("a:b:2:0", "a:b", 2, 0), ("a:0:1", nil, 0, 0),
            ("a:1", nil, 0, 0),
            (":1:1", nil, 0, 0), ("a:-1:1", nil, 0, 0), ("a:1:4294967296", nil, 0, 0), ("", nil, 0, 0),
        ] as [(String, String?, UInt32, UInt32)])
    func `reads an item from its end`(text: String, product: String?, quantity: UInt32, cents: UInt32) {
        let item = SendItem(argument: text)
        #expect(item?.product == product)
        if let item { #expect(item.quantity == quantity && item.cents == cents) }
    }

    @Test func `keeps the order of a transaction's calls, and repeats each at once`() {
        #expect(
            names(plan([.register, .confirm], count: 2, duplicate: true)) == [
                "register t-0, register t-0 again, confirm t-0, confirm t-0 again",
                "register t-1, register t-1 again, confirm t-1, confirm t-1 again",
            ])
    }

    @Test func `reorders all calls, the same way for the same seed`() {
        let first = plan([.register, .confirm], count: 20, reorder: true, seed: 7)
        #expect(names(first) == names(plan([.register, .confirm], count: 20, reorder: true, seed: 7)))
        #expect(names(first) != names(plan([.register, .confirm], count: 20, reorder: true, seed: 8)))
        #expect(first.count == 40 && first.jobs.count == 40)
        #expect(
            names(first).sorted()
                == names(plan([.register, .confirm], count: 20)).flatMap { $0.split(separator: ", ").map(String.init) }
                .sorted())
    }

    @Test(
        arguments: [
            ([.confirm], false, .confirm, "200", true), ([.confirm], false, .confirm, "409", false),
            ([.cancel, .confirm], false, .confirm, "409", true), ([.cancel, .confirm], false, .confirm, "200", false),
            ([.cancel, .confirm], true, .confirm, "200", true), ([.cancel, .confirm], true, .confirm, "409", true),
            ([.register], false, .register, "200 SUCCESS_REGISTERED", true),
            ([.register], false, .register, "200 FAILED_INVALID_OFFER", false),
            ([.register, .cancel], false, .cancel, "200 SUCCESS_CANCELLED", true),
            ([.confirm, .cancel], false, .cancel, "200 FAILED_ALREADY_COMPLETED", true),
            ([.confirm, .cancel], false, .cancel, "200 SUCCESS_CANCELLED", false),
            ([.cancel], false, .cancel, "200 FAILED_TRANSACTION_NOT_FOUND", true),
            ([.purchase], false, .purchase, "200", true), ([.purchase], false, .purchase, "401", false),
            ([.authorize], false, .authorize, "201 SUCCESS", true),
            ([.authorize], false, .authorize, "201 FAIL", false),
        ] as [([SendOperation], Bool, SendOperation, String, Bool)])
    func `knows the right answers`(
        operations: [SendOperation], isReordered: Bool, operation: SendOperation, label: String, isExpected: Bool
    ) throws {
        let plan = plan(operations, count: 1, reorder: isReordered)
        let call = try #require(plan.jobs.joined().first { $0.operation == operation })
        let parts = label.split(separator: " ", maxSplits: 1)
        let status = try #require(Int(parts[0]))
        let detail = parts.count > 1 ? String(parts[1]) : ""
        let body =
            switch operation {
            case .register: #"{"statuses":[{"status":"PURCHASE_REGISTRATION_STATUS_\#(detail)"}]}"#
            case .cancel: #"{"status":"PURCHASE_CANCELLATION_STATUS_\#(detail)"}"#
            case .authorize: #"{"status":"\#(detail)"}"#
            case .confirm, .purchase: "{}"
            }
        let outcome = SendOutcome(operation, status: status, body: Array(body.utf8))
        #expect(outcome.label == label)
        #expect(plan.expects(outcome, of: call) == isExpected)
    }

    @Test func `a second cancel is told that it was cancelled`() throws {
        let plan = plan([.register, .cancel], count: 1, duplicate: true)
        let again = try #require(plan.jobs.joined().first { $0.operation == .cancel && $0.isRepeat })
        let body = #"{"status":"PURCHASE_CANCELLATION_STATUS_FAILED_ALREADY_CANCELLED"}"#
        #expect(plan.expects(SendOutcome(.cancel, status: 200, body: Array(body.utf8)), of: again))
    }

    @Test(arguments: SendOperation.allCases)
    func `every body is JSON and carries the transaction`(operation: SendOperation) throws {
        let root = try JSONDocument(parsing: purchase().body(operation, now: 5)).root
        #expect((root["transactionId"] ?? root["purchaseId"])?.string == "t")
    }

    @Test func `the player in the path is one segment`() {
        let target = SendTarget(
            base: "https://a", paths: RoutePaths(), signers: [:], authorities: nil, timeoutMilliseconds: 1)
        #expect(target.url(.purchase, player: "p/1 é") == "https://a/purchase/p%2F1%20%C3%A9")
        #expect(target.url(.confirm, player: "p") == "https://a/api/v1/purchase/confirm")
    }

    @Test func `a key in a header is not changed, and authorize carries its idempotency key`() {
        let signer = SendSigner.header(name: "Secret-Key", Secret(Array("s3".utf8)))
        let lines = signer.headers(.authorize, body: [], idempotencyKey: "key", now: 1).map {
            String(decoding: $0, as: UTF8.self)
        }
        #expect(lines == ["Secret-Key: s3", "Idempotent-Key: key", "PSP-Test-Mode: true"])
    }

    @Test func `figures are by nearest rank, and what is unexpected is counted`() throws {
        var summary = SendSummary()
        #expect(summary.percentile(50) == nil)
        for time in 1...100 {
            summary.add(
                .confirm, SendOutcome(.confirm, status: time == 100 ? 500 : 200, body: Array("{}".utf8)),
                Int64(time) * 1000, surprise: time == 100 ? "confirm t: 500" : nil)
        }
        #expect(summary.percentile(50) == 50_000 && summary.percentile(99) == 99_000)
        #expect(summary.percentile(100) == 100_000)
        #expect(summary.text.contains("p50 50.0 ms  p99 99.0 ms  max 100.0 ms"))
        #expect(summary.text.hasSuffix("1 of 100 are not."))
        let root = try JSONDocument(parsing: summary.json).root
        #expect(root["unexpected"]?.integer == 1 && root["outcomes"]?.count == 2)
    }
}
