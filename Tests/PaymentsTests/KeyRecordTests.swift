import JSON
import Testing

@testable import Payments

@Suite struct KeyRecordTests {
    private let name = KeyName(Shop(id: ShopID("s"), environment: .production), .egress, "studio/é 1")

    @Test func `a record reads as it was written, unknown members included`() throws {
        var record = KeyRecord(name, firstSeen: 1000)
        record.lastUsed = 86_400_000
        let text = String(decoding: record.encoded, as: UTF8.self)
        #expect(
            text == #"{"v":1,"environment":"PRODUCTION","shop":"s","purpose":"egress","name":"studio/é 1","#
                + #""firstSeen":1000,"lastUsed":86400000}"#)
        let newer = Array((text.dropLast() + #","note":{"a":[1]}}"#).utf8)
        let read = try KeyRecord.decode(newer)
        #expect(read.key == name)
        #expect(read.firstSeen == 1000)
        #expect(read.lastUsed == 86_400_000)
        #expect(read.encoded == newer)
    }

    @Test func `two keys of one name have two documents when they differ in anything else`() {
        let shops = [ShopID("s"), ShopID("t")].flatMap { id in
            PaymentEnvironment.allCases.map { Shop(id: id, environment: $0) }
        }
        let names = shops.flatMap { shop in KeyName.Purpose.allCases.map { KeyName(shop, $0, "a") } }
        #expect(Set(names.map(\.document)).count == names.count)
    }

    @Test(arguments: [
        #"{"v":1}"#, #"{"v":1,"environment":"TEST","shop":"s","purpose":"other","name":"a","firstSeen":1}"#,
        #"{"v":1,"environment":"TEST","shop":"s","purpose":"egress","name":"a","firstSeen":"1"}"#,
    ])
    func `a damaged record is refused`(text: String) {
        #expect(throws: DocumentError.self) { try KeyRecord.decode(Array(text.utf8)) }
    }
}
