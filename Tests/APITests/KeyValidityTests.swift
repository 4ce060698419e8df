import FastCGI
import Payments
import Storage
import Testing

@testable import API

@Suite struct `Keys with a beginning and an end` {
    private static let begin = Sample.now - 1000
    private static let end = Sample.now + 1000
    private let body = Array(Sample.cancel.utf8)

    private func bench(
        at now: Int64, old: KeyValidity = .always, new: KeyValidity = .always
    ) -> (bench: Bench, old: EgressKey, purchase: PurchaseAPIKey) {
        let shop = Shop(id: ShopID(Sample.shop), environment: .test)
        let oldKey = EgressKey(name: "old", secret: Secret(Array("old-secret".utf8)), reading: .utf8, validity: old)
        let newKey = EgressKey(name: "new", secret: Secret(Array("new-secret".utf8)), reading: .utf8, validity: new)
        let purchase = PurchaseAPIKey(name: "guide", secret: Secret(Array("cad1".utf8)), validity: old)
        let keys = ShopKeys(shop: shop, purchaseKeys: [purchase], egressKeys: [oldKey, newKey])
        return (Bench(shops: [keys], now: now), oldKey, purchase)
    }

    private func sign(_ secret: String, at now: Int64) throws -> Request {
        let header = Signer.v1(body, secret: Array(secret.utf8), at: now)
        return try .make("/api/v1/purchase/cancel", body, headers: [("HTTP_X_STASH_HMAC_SIGNATURE", header)])
    }

    @Test(
        arguments: [
            (begin - 1, "key not valid yet"), (begin, nil), (end - 1, nil), (end, "key expired"),
        ] as [(Int64, String?)])
    func `a key is accepted from its beginning up to its end, which is too late`(now: Int64, reason: String?) throws {
        let validity = KeyValidity(from: Self.begin, until: Self.end)
        let bench = bench(at: now, old: validity, new: validity).bench
        let purchase = try Request.make(
            "/purchase/p-1", Array(Sample.guide.utf8), headers: [("HTTP_X_API_KEY", "cad1")])
        for request in [try sign("old-secret", at: now), purchase] {
            guard case .response(let response) = bench.router.handle(request) else {
                Issue.record("not answered at once")
                continue
            }
            #expect(response.status == (reason == nil ? 200 : 401))
            #expect(response.note.reason == reason)
        }
    }

    @Test(arguments: [
        (begin, true, false), (end - 1, true, true), (end, false, true),
    ])
    func `rotation: the keys overlap, and there is no moment without one`(
        now: Int64, acceptsOld: Bool, acceptsNew: Bool
    ) throws {
        let bench = bench(
            at: now, old: KeyValidity(from: nil, until: Self.end), new: KeyValidity(from: Sample.now, until: nil)
        ).bench
        #expect(bench.send(try sign("old-secret", at: now)).status == (acceptsOld ? 200 : 401))
        #expect(bench.send(try sign("new-secret", at: now)).status == (acceptsNew ? 200 : 401))
    }

    @Test func `an ended key does not hide another with the same secret`() throws {
        let shop = Shop(id: ShopID(Sample.shop), environment: .test)
        let secret = Secret(Array("cad1".utf8))
        let keys = ShopKeys(
            shop: shop,
            purchaseKeys: [
                PurchaseAPIKey(name: "ended", secret: secret, validity: KeyValidity(from: nil, until: Sample.now)),
                PurchaseAPIKey(name: "present", secret: secret),
            ], egressKeys: [])
        #expect(try Bench(shops: [keys]).purchase(Sample.guide).status == 200)
    }

    @Test func `the day of the last use is noted for the key that was used, not for one that was refused`() throws {
        let day = Sample.now - Sample.now % 86_400_000
        let (used, old, purchase) = bench(at: Sample.now)
        #expect(old.use.lastUsed == nil)
        _ = used.send(try sign("old-secret", at: Sample.now))
        _ = try used.purchase(Sample.guide)
        #expect(old.use.lastUsed == day)
        #expect(purchase.use.lastUsed == day)
        let (refused, ended, _) = bench(at: Sample.now, old: KeyValidity(from: nil, until: Sample.now))
        _ = refused.send(try sign("old-secret", at: Sample.now))
        #expect(ended.use.lastUsed == nil)
    }

    @Test func `a call that cannot be read is no use of its key: the doctor makes such calls`() throws {
        let (bench, old, purchase) = bench(at: Sample.now)
        let text = Array("no JSON".utf8)
        let header = Signer.v1(text, secret: Array("old-secret".utf8), at: Sample.now)
        let signed = try Request.make(
            "/api/v1/purchase/register", text, headers: [("HTTP_X_STASH_HMAC_SIGNATURE", header)])
        #expect(bench.send(signed).status == 400)
        #expect(try bench.purchase("no JSON").status == 400)
        #expect(old.use.lastUsed == nil && purchase.use.lastUsed == nil)
    }
}

@Suite struct KeyLedgerTests {
    private static let day: Int64 = 86_400_000
    private let repository = MemoryRepository(settlesAtOnce: true, onDurable: { _ in })
    private let shop = Shop(id: ShopID(Sample.shop), environment: .test)

    private func keys(_ names: String...) -> [ShopKeys] {
        let keys = names.map { EgressKey(name: $0, secret: Secret(Array($0.utf8)), reading: .utf8) }
        return [ShopKeys(shop: shop, purchaseKeys: [], egressKeys: keys)]
    }

    private func ledger(at now: Int64) -> KeyLedger {
        KeyLedger(repository: repository, clock: Clock { now })
    }

    private func stored(_ name: String) throws -> KeyRecord? {
        let id = KeyName(shop, .egress, name).document
        return try repository.transaction { transaction throws(PaymentError) in
            try transaction.get(KeyRecord.self, id)
        }.result
    }

    /// How many transactions put something.
    private var lastSequence: SequenceNumber {
        get throws {
            try repository.transaction { transaction throws(PaymentError) in
                transaction.put(KeyRecord(KeyName(shop, .purchase, "probe"), firstSeen: 0))
            }.sequence
        }
    }

    @Test func `a key's age is counted from the first configuration that had it`() throws {
        try ledger(at: 1000).adopt(keys("a"))
        try ledger(at: 2000).adopt(keys("a", "b"))
        #expect(try stored("a")?.firstSeen == 1000)
        #expect(try stored("b")?.firstSeen == 2000)
    }

    @Test func `the last use is written once a day, and survives a restart and a reload`() throws {
        let first = ledger(at: 1000)
        let before = keys("a")
        try first.adopt(before)
        before[0].egressKeys[0].use.note(at: 5 * Self.day + 7)
        try first.record()
        #expect(try stored("a")?.lastUsed == 5 * Self.day)
        let sequence = try lastSequence
        before[0].egressKeys[0].use.note(at: 5 * Self.day + 9000)
        try first.record()
        #expect(try lastSequence == sequence + 1, "nothing new, so nothing is written")

        let restarted = keys("a")
        let second = ledger(at: 2000)
        try second.adopt(restarted)
        #expect(restarted[0].egressKeys[0].use.lastUsed == 5 * Self.day)

        restarted[0].egressKeys[0].use.note(at: 9 * Self.day)
        let reloaded = keys("a")
        try second.adopt(reloaded)
        #expect(reloaded[0].egressKeys[0].use.lastUsed == 9 * Self.day, "noted since it was last written")
        try second.record()
        #expect(try stored("a")?.lastUsed == 9 * Self.day)
    }
}
