import FastCGI
import Payments
import Storage
import Testing

@testable import API

@Suite struct ConfirmPaymentTests {
    let bench = Bench()
    private let success = Answer(status: 200, body: #"{"results":[{"guid":"g-1","productId":"sword_123"}]}"#)

    private func replacing(_ old: String, _ new: String) -> String {
        Sample.confirm.replacing(old, with: new)
    }

    @Test func `a purchase keeps how the key was read and how far the clocks were apart`() throws {
        let bench = Bench(now: Sample.now + 1500)
        #expect(try bench.confirm(Sample.confirm).status == 200)
        let shop = Shop(id: ShopID(Sample.shop), environment: .test)
        let purchase = try bench.repository.transaction { transaction throws(PaymentError) in
            try transaction.get(Purchase.self, PurchaseKey(shop, TransactionID("tx-1")).document)
        }.result
        let details = try #require(purchase?.details)
        #expect(details.scheme == "v1" && details.keyName == "studio-1")
        #expect(details.reading == "utf8")
        #expect(details.skewMilliseconds == 1500)
    }

    @Test func `a confirm is answered with its results, and again with the same bytes`() throws {
        #expect(try bench.confirm(Sample.confirm) == success)
        #expect(try bench.confirm(Sample.confirm) == success)
        #expect(try bench.holds("sword_123") == 1)
    }

    @Test(arguments: [
        (#""quantity":1"#, #""quantity":"1""#), (#""total":1098"#, #""total":"1098""#), (#""tax":99"#, #""tax":99.0"#),
        (#""timeMillis":"1753993257000""#, #""timeMillis":1.753993257e12"#),
        (#""playerId""#, #""player_id""#), (#""playerId""#, #""userId""#), (#""productId""#, #""product_id""#),
        (#""playerId""#, #""player\u005fid""#), (#""currency":"USD""#, #""currency":"usd""#),
        (#""tax":99,"#, #""tax":99,"environment":"PAYMENT_ENVIRONMENT_TEST","#),
        (#""tax":99,"#, #""tax":99,"environment":1,"#),
        (#""tax":99,"#, #""tax":99,"environment":"PAYMENT_ENVIRONMENT_MOON","source":77,"platform":"X","#),
        (#""tax":99,"#, #""tax":99,"checkoutLinkId":null,"unknownField":{"a":[1,2]},"#),
        (#""tax":99,"#, #""tax":99,"shopId":"0f8fad5b-d9cb-469f-a165-70867728950e","decimalPlaces":0,"#),
    ])
    func `protobuf's other spellings of the same purchase are the same purchase`(old: String, new: String) throws {
        #expect(try bench.confirm(Sample.confirm) == success)
        #expect(try bench.confirm(replacing(old, new)) == success)
        #expect(try bench.holds("sword_123") == 1)
    }

    @Test(arguments: [
        #""decimalPlaces":19"#, #""decimalPlaces":"two""#, #""region":5"#, #""source":true"#, #""platform":{}"#,
        #""checkoutLinkId":[1]"#, #""loyalty":5"#, #""loyalty":{"a":"\u0000"}"#, #""paymentMethodType":1e99"#,
    ])
    func `what nothing is decided by costs no sale`(member: String) throws {
        #expect(try bench.confirm(replacing(#""tax":99,"#, #""tax":99,\#(member),"#)) == success)
    }

    @Test func `a missing tax is no tax`() throws {
        #expect(try bench.confirm(replacing(#""tax":99,"#, "")) == success)
    }

    @Test func `bonus items and the older extra numbers are granted`() throws {
        var policy = ShopPolicy()
        policy.extraItems.loyaltyPoints = ItemID("points")
        let bench = Bench(policy: policy)
        let extra = #""bonusItems":[{"id":"gem","quantity":3}],"extraInGameCurrency":"10","extraLoyaltyPoints":5,"#
        #expect(try bench.confirm(replacing(#""tax":99,"#, #""tax":99,"# + extra)) == success)
        #expect(try bench.holds("gem") == 3)
        #expect(try bench.holds("in_game_currency") == 10)
        #expect(try bench.holds("points") == 5)
        #expect(try bench.holds("loyalty_credits") == 0)
    }

    @Test(arguments: [
        (#""total":1098"#, #""total":0"#, "total"), (#""total":1098"#, #""total":-1"#, "total"),
        (#""total":1098"#, #""total":4294967296"#, "total"), (#""total":1098"#, #""total":10.98"#, "total"),
        (#""total":1098"#, #""total":true"#, "total"), (#""total":1098"#, #""total":"1098 ""#, "total"),
        (#""tax":99"#, #""tax":-1"#, "tax"), (#""tax":99"#, #""tax":"""#, "tax"),
        (#""timeMillis":"1753993257000""#, #""timeMillis":"string""#, "timeMillis"),
        (#""timeMillis":"1753993257000""#, #""timeMillis":"+1""#, "timeMillis"),
        (#""timeMillis":"1753993257000""#, #""timeMillis":"9223372036854775808""#, "timeMillis"),
        (#","timeMillis":"1753993257000""#, "", "timeMillis"),
        (#""currency":"USD""#, #""currency":"string""#, "currency"), (#""currency":"USD","#, "", "currency"),
        (#""currency":"USD""#, #""currency":"U1D""#, "currency"),
        (#""playerId":"p-1","#, "", "playerId"), (#""transactionId":"tx-1","#, "", "transactionId"),
        (#""playerId":"p-1""#, #""playerId":"p-1","player_id":"p-2""#, "playerId"),
        (#""quantity":1"#, #""quantity":0"#, "items[0].quantity"), (#""cents":999"#, #""cents":0"#, "items[0].cents"),
        (#""guid":"g-1","productId":"sword_123","#, "", "items[0].productId"),
        (#""tax":99"#, #""tax":99,"environment":"PAYMENT_ENVIRONMENT_PRODUCTION""#, "environment"),
        (#""tax":99"#, #""tax":99,"environment":2"#, "environment"),
        (#""tax":99"#, #""tax":99,"shopId":"other""#, "shopId"),
        (#""tax":99"#, #""tax":99,"bonusItems":[{"id":"gem"}]"#, "bonusItems[0].quantity"),
        (#""tax":99"#, #""tax":99,"environment":true"#, "environment"),
    ])
    func `a confirm that cannot be accepted is code 3 and names the field`(old: String, new: String, field: String)
        throws
    {
        let answer = try bench.confirm(replacing(old, new))
        #expect(answer.status == 400)
        #expect(answer.body.hasPrefix(#"{"code":3,"message":"\#(field): "#), "\(answer)")
        #expect(try bench.holds("sword_123") == 0)
    }

    @Test func `a conflict is code 9`() throws {
        _ = try bench.cancel(Sample.cancel)
        let answer = try bench.confirm(Sample.confirm)
        #expect(
            answer == Answer(status: 409, body: #"{"code":9,"message":"This transaction was cancelled.","details":[]}"#)
        )
    }

    @Test func `a store that cannot record is code 14, or the status inside for register and cancel`() throws {
        let bench = Bench(pendingBytes: 1)
        #expect(try bench.confirm(Sample.confirm).body.hasPrefix(#"{"code":14,"#))
        #expect(try bench.confirm(Sample.confirm).status == 503)
        #expect(try bench.purchase(Sample.guide).status == 503)
        let register = try bench.register(Sample.register)
        #expect(register.status == 200)
        #expect(register.contains(#""status":"PURCHASE_REGISTRATION_STATUS_UNSPECIFIED""#))
        let cancel = try bench.cancel(Sample.cancel)
        #expect(cancel.status == 200)
        #expect(cancel.contains(#""status":"PURCHASE_CANCELLATION_STATUS_UNSPECIFIED""#))
    }

    @Test func `an answer that could not be made durable is taken back in the route's own form`() throws {
        func lost(_ path: String, _ body: String) throws -> Answer {
            let bytes = Array(body.utf8)
            let headers = [("HTTP_X_STASH_HMAC_SIGNATURE", Signer.v1(bytes))]
            return Answer(bench.router.refuse(.storageFailed, try .make(path, bytes, headers: headers)))
        }
        #expect(try lost("/api/v1/purchase/confirm", Sample.confirm).status == 503)
        #expect(try lost("/api/v1/purchase/register", Sample.register).contains("_UNSPECIFIED"))
        #expect(try lost("/api/v1/purchase/cancel", Sample.cancel).status == 200)
    }
}

@Suite struct RegisterAndCancelPaymentTests {
    let bench = Bench()

    @Test func `a register is answered with a status for each item`() throws {
        let success = """
            {"statuses":[{"guid":"g-1","productId":"sword_123","status":"PURCHASE_REGISTRATION_STATUS_SUCCESS_REGISTERED"}]}
            """
        #expect(try bench.register(Sample.register) == Answer(status: 200, body: success))
        #expect(try bench.register(Sample.register) == Answer(status: 200, body: success))
        #expect(try bench.holds("sword_123") == 0)
        #expect(try bench.confirm(Sample.confirm).status == 200)
    }

    @Test(arguments: [
        (#""cents":999"#, #""cents":0"#, "INVALID_PRICE"), (#","cents":999"#, "", "INVALID_PRICE"),
        (#""quantity":1"#, #""quantity":0"#, "INVALID_OFFER"),
        (#""transactionId":"tx-1","#, "", "INVALID_OFFER"), (#""playerId":"p-1","#, "", "INVALID_OFFER"),
        (#""currency":"USD""#, #""currency":"string""#, "INVALID_OFFER"),
        (#""currency":"USD""#, #""currency":"USD","shopId":"other""#, "INVALID_OFFER"),
        (#""currency":"USD""#, #""currency":"USD","environment":"PAYMENT_ENVIRONMENT_PRODUCTION""#, "INVALID_OFFER"),
    ])
    func `what a register cannot sell is said in its statuses`(old: String, new: String, status: String) throws {
        let answer = try bench.register(Sample.register.replacing(old, with: new))
        #expect(answer.status == 200)
        #expect(answer.contains("PURCHASE_REGISTRATION_STATUS_FAILED_\(status)"), "\(answer)")
        #expect(answer.contains(#""message":"#))
    }

    @Test(arguments: [
        (
            #""registrations":[{"guid":"g-1","productId":"sword_123","quantity":1,"cents":999}]"#,
            #""registrations":[]"#, "registrations"
        ),
        (#""quantity":1"#, #""quantity":"x""#, "registrations[0].quantity"),
        (#""currency":"USD""#, #""currency":"USD","environment":1e30"#, "environment"),
        (#""transactionId":"tx-1""#, #""transactionId":7"#, "transactionId"),
    ])
    func `a register that cannot be read is code 3`(old: String, new: String, field: String) throws {
        let answer = try bench.register(Sample.register.replacing(old, with: new))
        #expect(answer.status == 400)
        #expect(answer.body.hasPrefix(#"{"code":3,"message":"\#(field): "#), "\(answer)")
    }

    @Test func `a cancel is answered with its status`() throws {
        func status(_ name: String) -> Answer {
            Answer(status: 200, body: #"{"status":"PURCHASE_CANCELLATION_STATUS_\#(name)"}"#)
        }
        _ = try bench.register(Sample.register)
        #expect(try bench.cancel(Sample.cancel) == status("SUCCESS_CANCELLED"))
        #expect(try bench.cancel(Sample.cancel) == status("FAILED_ALREADY_CANCELLED"))
        #expect(
            try bench.cancel(Sample.cancel.replacing("tx-1", with: "tx-2")) == status("FAILED_TRANSACTION_NOT_FOUND"))
        _ = try bench.confirm(Sample.confirm.replacing("tx-1", with: "tx-3"))
        #expect(try bench.cancel(Sample.cancel.replacing("tx-1", with: "tx-3")) == status("FAILED_ALREADY_COMPLETED"))
    }

    @Test func `a cancel that names no transaction or player finds none, and one that cannot be read is code 3`() throws
    {
        for body in [#"{"playerId":"p-1"}"#, #"{"transactionId":"tx-1"}"#, "{}"] {
            let answer = try bench.cancel(body)
            #expect(answer.status == 200)
            #expect(answer.contains("FAILED_TRANSACTION_NOT_FOUND"))
            #expect(answer.contains("is required"))
        }
        for body in [#"{"playerId":1,"transactionId":"t"}"#, #"{"playerId":"p","transactionId":"t","shopId":5}"#, "[]"]
        {
            #expect(try bench.cancel(body).body.hasPrefix(#"{"code":3,"message":"#))
        }
    }

    @Test func `a cancel for another shop or environment finds nothing and leaves no tombstone`() throws {
        for foreign in [#""shopId":"other""#, #""environment":"PAYMENT_ENVIRONMENT_PRODUCTION""#] {
            let answer = try bench.cancel(Sample.cancel.replacing("{", with: "{\(foreign),"))
            #expect(answer.contains("FAILED_TRANSACTION_NOT_FOUND"))
        }
        #expect(try bench.register(Sample.register).contains("SUCCESS_REGISTERED"))
    }

    /// Neither method nor path is signed: a captured body can be sent elsewhere with its signature.
    @Test func `a signed confirm sent to cancel does what a cancel may, and one sent to register is refused`() throws {
        _ = try bench.confirm(Sample.confirm)
        #expect(try bench.cancel(Sample.confirm).contains("FAILED_ALREADY_COMPLETED"))
        #expect(try bench.register(Sample.confirm).status == 400)
        #expect(try bench.confirm(Sample.cancel).status == 400)
        #expect(try bench.confirm(Sample.register).status == 400)
        #expect(try bench.holds("sword_123") == 1)
    }
}
