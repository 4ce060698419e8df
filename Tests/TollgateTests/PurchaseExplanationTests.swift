import JSON
import Payments
import Testing

@testable import tollgate

@Suite struct `The explanation of a purchase` {
    private func make(
        _ more: String, policy: ShopPolicy? = ShopPolicy(), now: Int64 = 10_000, before: [String] = []
    ) throws -> Explanation {
        let texts = (before + [more]).map { part in
            #"""
            {"v":1,"environment":"TEST","shop":"s","transaction":"t\u001b[2J","player":"p","items":[{"product":"sword",\#
            "quantity":2,"cents":100}],"currency":"USD","key":"studio",\#(part)}
            """#
        }
        let purchases = try texts.map { try Purchase(json: JSONDocument(parsing: Array($0.utf8)).root) }
        let versions = purchases.enumerated().map { (sequence: UInt64($0.offset + 7), document: $0.element) }
        return PurchaseExplanation(
            purchase: try #require(purchases.last), versions: versions, holdings: nil, policy: policy, now: now
        ).explanation
    }

    private func step(_ rule: String, in explanation: Explanation) throws -> Explanation.Step {
        try #require(explanation.steps.first { $0.rule == rule })
    }

    private let registered =
        #""state":"registered","scheme":"v1","reading":"utf8","skew":-1500,"registered":1000,"expires":5000"#

    private func confirmed(_ more: String = "") -> String {
        #""state":"confirmed","scheme":"v1","reading":"base64","skew":20,"tax":5,"total":205,"confirmed":3000"# + more
    }

    @Test func `names scheme, key, reading and skew of both calls`() throws {
        let explanation = try make(confirmed(#","registered":1000,"expires":5000"#), before: [registered])
        #expect(try step("signature", in: explanation).input == #"scheme v1, key "studio", read as base64"#)
        #expect(try step("clock", in: explanation).input.hasPrefix("the signature's time was 20 ms behind ours"))
        #expect(try step("signature of register", in: explanation).input.hasSuffix("read as utf8"))
        #expect(try step("clock at register", in: explanation).input.contains("1.5 s ahead of ours"))
        #expect(
            try step("idempotency", in: explanation).input.contains(
                "registered at journal position 7, confirmed at journal position 8"))
        #expect(explanation.granted == [Grant(item: ItemID("sword"), quantity: 2)])
    }

    @Test(arguments: [
        (#","registered":1000,"expires":5000"#, Explanation.Verdict.passed, "2 s before"),
        (#","registered":1000,"expires":2000"#, .warned, "1 s after"),
        ("", .notApplicable, "nothing was reserved"),
    ])
    func `compares the confirm with the reservation's end`(
        history: String, verdict: Explanation.Verdict, says: String
    ) throws {
        let step = try step("expiry", in: make(confirmed(history)))
        #expect(step.verdict == verdict && step.input.contains(says), "\(step)")
    }

    @Test(arguments: [
        (205, Explanation.Verdict.passed, "100 x 2 + tax 5 = 205; stated 205 USD (totalCheck is warn)"),
        (204, .warned, "100 x 2 + tax 5 = 205; stated 204 USD: they differ (totalCheck is warn)"),
    ])
    func `shows the total's numbers`(total: Int, verdict: Explanation.Verdict, input: String) throws {
        let step = try step("total", in: make(confirmed().replacing(":205", with: ":\(total)")))
        #expect(step == Explanation.Step(rule: "total", verdict: verdict, input: input))
    }

    @Test(
        arguments: [
            (true, "v1", Explanation.Verdict.passed), (false, "v1", .warned), (nil, "v1", .passed),
            (false, "api-key", .passed),
        ] as [(Bool?, String, Explanation.Verdict)])
    func `says whether an unregistered confirm was allowed`(
        allows: Bool?, scheme: String, verdict: Explanation.Verdict
    ) throws {
        var policy = ShopPolicy()
        policy.confirmsWithoutRegister = allows ?? true
        let explanation = try make(
            confirmed().replacing(#""v1""#, with: #""\#(scheme)""#), policy: allows == nil ? nil : policy)
        let step = try step("state before", in: explanation)
        #expect(step.verdict == verdict && step.input.hasPrefix("not registered"))
    }

    @Test func `what an older version did not record is unknown`() throws {
        let old = confirmed().replacing(#""reading":"base64","skew":20,"#, with: "")
        #expect(try step("clock", in: make(old)).verdict == .unknown)
        #expect(try step("clock", in: make(old.replacing("v1", with: "legacy"))).verdict == .notApplicable)
    }

    @Test(arguments: [
        (#""state":"never_registered","scheme":"v1","cancelled":4000"#, "cancelled before anything was registered"),
        (#""state":"cancelled","scheme":"v1","registered":1000,"expires":5000,"cancelled":4000"#, "cancelled"),
        (#""state":"registered","scheme":"v1","registered":1000,"expires":5000"#, "reserved, and its time is over"),
        (#""state":"registered","scheme":"v1","registered":1000,"expires":50000"#, "reserved"),
    ])
    func `every state has its decision, and grants nothing`(text: String, decision: String) throws {
        let explanation = try make(text)
        #expect(explanation.facts.contains { $0.name == "decision" && $0.value.hasPrefix(decision) })
        #expect(explanation.granted == [])
    }

    @Test func `ids cannot steer the terminal, and the JSON is JSON`() throws {
        let explanation = try make(confirmed())
        #expect(!explanation.text.utf8.contains(0x1B))
        let root = try JSONDocument(parsing: explanation.json).root
        #expect(root["steps"]?.count == explanation.steps.count)
        #expect(root["granted"]?.count == 1)
    }
}
