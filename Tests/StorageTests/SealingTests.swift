import Crypto
import Foundation
import Payments
import Testing

@testable import Storage

struct SealingTests {
    private let place = "stripe-authorization:1:access_token"
    private let secret = Array("sk_test_ACC".utf8)

    private func key(_ name: String = "k1", _ fill: UInt8 = 1) throws -> SealingKey {
        try SealingKey(name: name, text: Array(String(repeating: "\(fill)\(fill)", count: 32).utf8))
    }

    @Test func `the vector of the contract is sealed and opened`() throws {
        let hexadecimal = (0..<32).map { String(format: "%02x", $0) }.joined()
        let sealing = try AESSealing(SealingKey(name: "k1", text: Array(hexadecimal.utf8)))
        let sealed = try sealing.seal(secret, for: place, nonce: AES.GCM.Nonce(data: [UInt8](0..<12)))
        let base64 = "AAECAwQFBgcICQoLNGmJb6CWtkTMAtQvu2PmSX8zijPs01BZBhki"
        #expect(Data(sealed.bytes).base64EncodedString() == base64)
        #expect(sealed.key == "k1")
        #expect(try sealing.open(sealed, for: place) == secret)
    }

    @Test(arguments: [0, 1, 4096])
    func `what was sealed is opened`(_ count: Int) throws {
        let sealing = try AESSealing(key())
        let secret = [UInt8](repeating: 7, count: count)
        #expect(try sealing.open(sealing.seal(secret, for: place), for: place) == secret)
    }

    @Test func `one secret sealed twice does not look the same`() throws {
        let sealing = try AESSealing(key())
        let (one, other) = (try sealing.seal(secret, for: place), try sealing.seal(secret, for: place))
        #expect(one.bytes.prefix(12) != other.bytes.prefix(12))
        #expect(one.bytes.dropFirst(12) != other.bytes.dropFirst(12))
    }

    @Test(arguments: [
        "stripe-authorization:2:access_token", "stripe-authorization:1:refresh_token", "",
        "stripe-authorization:1:access_token ",
    ])
    func `a value moved to another record or field does not open`(_ other: String) throws {
        let sealing = try AESSealing(key())
        let sealed = try sealing.seal(secret, for: place)
        let error = #expect(throws: PaymentError.self) { try sealing.open(sealed, for: other) }
        #expect(error?.code == .unavailable)
    }

    @Test func `a value with any bit changed does not open`() throws {
        let sealing = try AESSealing(key())
        let sealed = try sealing.seal(secret, for: place)
        for index in sealed.bytes.indices {
            var changed = sealed
            changed.bytes[index] ^= 0x80
            #expect(throws: PaymentError.self) { try sealing.open(changed, for: place) }
        }
    }

    @Test func `a value cut short or made longer does not open`() throws {
        let sealing = try AESSealing(key())
        let sealed = try sealing.seal(secret, for: place)
        for count in 0..<sealed.bytes.count {
            let cut = SealedSecret(key: sealed.key, bytes: Array(sealed.bytes.prefix(count)))
            #expect(throws: PaymentError.self) { try sealing.open(cut, for: place) }
        }
        let longer = SealedSecret(key: sealed.key, bytes: sealed.bytes + [0])
        #expect(throws: PaymentError.self) { try sealing.open(longer, for: place) }
    }

    @Test func `a replaced key still opens, and no longer seals`() throws {
        let sealed = try AESSealing(key("old", 1)).seal(secret, for: place)
        let rotated = try AESSealing(key("new", 2), replaced: [key("old", 1)])
        #expect(try rotated.open(sealed, for: place) == secret)
        #expect(rotated.currentKey == "new")
        #expect(try rotated.seal(secret, for: place).key == "new")
    }

    @Test func `a key that is not configured, or has other bytes, does not open`() throws {
        let sealed = try AESSealing(key("old", 1)).seal(secret, for: place)
        let unknown = #expect(throws: PaymentError.self) {
            try AESSealing(key("new", 1)).open(sealed, for: place)
        }
        #expect(unknown?.code == .unavailable)
        #expect(throws: PaymentError.self) { try AESSealing(key("old", 2)).open(sealed, for: place) }
    }

    @Test func `two keys of one name are refused`() throws {
        let error = #expect(throws: StoreError.self) { try AESSealing(key("a", 1), replaced: [key("a", 2)]) }
        #expect(error?.message.contains("called a") == true)
    }

    @Test(arguments: [
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\n",
        "  AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\r\n",
    ])
    func `a key is read as hexadecimal digits and as base64`(_ text: String) throws {
        let key = try SealingKey(name: "k", text: Array(text.utf8))
        let expected = SymmetricKey(data: [UInt8](0..<32))
        #expect(key.key == expected)
    }

    @Test(arguments: [
        "", " \n", "0001", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g",
        "000102030405060708090a0b0c0d0e0f 01112131415161718191a1b1c1d1e1f",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8*",
    ])
    func `any other key is refused in words that hold nothing of it`(_ text: String) throws {
        let error = #expect(throws: StoreError.self) { try SealingKey(name: "k1", text: Array(text.utf8)) }
        #expect(error?.message.contains("k1") == true)
        #expect(error?.message.contains("openssl rand -hex 32") == true)
        if text.utf8.count > 3 { #expect(error?.message.contains(text.prefix(4)) == false) }
    }

    @Test(arguments: ["", "a b", "ä", String(repeating: "a", count: 65)])
    func `a name that would not read well beside a value is refused`(_ name: String) throws {
        #expect(throws: StoreError.self) { try key(name) }
    }

    @Test func `a key does not print`() throws {
        let key = try SealingKey(name: "k1", text: Array("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".utf8))
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "SealingKey(k1)")
        #expect(!dumped.contains("SymmetricKey"))
    }
}
