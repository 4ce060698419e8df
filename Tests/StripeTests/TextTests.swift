import Testing

@testable import Stripe

struct FormTests {
    private func form(_ name: String, _ value: String) -> String {
        let form = Form()
        form.add(name, value)
        return String(decoding: form.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("amount", "1099", "amount=1099"), ("a", "", "a="), ("a", "b c", "a=b+c"), ("a", "b+c", "a=b%2Bc"),
        ("a", "-._~", "a=-._~"), ("a", "*!'()@:/?#$&=,;", "a=%2A%21%27%28%29%40%3A%2F%3F%23%24%26%3D%2C%3B"),
        ("a", "100%", "a=100%25"), ("a", "é🎟", "a=%C3%A9%F0%9F%8E%9F"), ("a", "\r\n\0", "a=%0D%0A%00"),
        ("metadata[transaction]", "t[1]", "metadata[transaction]=t%5B1%5D"), ("a&b", "c", "a%26b=c"),
    ])
    func `a field is escaped exactly`(_ name: String, _ value: String, _ expected: String) {
        #expect(form(name, value) == expected)
    }

    @Test func `fields keep their order and may repeat`() {
        let form = Form()
        form.add("b", "1")
        form.add("a", "2")
        form.add("b", "3")
        #expect(String(decoding: form.bytes, as: UTF8.self) == "b=1&a=2&b=3")
    }
}

struct StripeTextTests {
    private func shown(_ text: String) throws -> String {
        StripeText(hiding: try PlatformKey(Array("sk_test_PLATFORM".utf8), mode: .test)).shown(text)
    }

    @Test(arguments: [
        ("Authorization code already used: ac_ABC", "Authorization code already used: ac_ABC"),
        ("Invalid API Key provided: sk_test_****1234", "Invalid API Key provided: [redacted]"),
        ("key 'rk_live_abc' and \"rt_REF\"", "key '[redacted]' and \"[redacted]\""),
        ("whsec_abc.", "[redacted]."),
        ("sk_ alone, the risk_level, a task_list", "sk_ alone, the risk_level, a task_list"),
        ("=sk_test_a,sk_live_b", "=[redacted],[redacted]"), ("%3Dsk_test_PLATFORM!", "%3D[redacted]!"),
        ("déjà utilisé 🎟", "déjà utilisé 🎟"), ("a\r\nb\tc\u{0}d\u{7F}", "a  b c d "),
        ("a\u{202E}b\u{2028}c\u{200B}", "a b c "), ("", ""),
    ])
    func `what looks like a key and what does not print is taken out`(_ text: String, _ expected: String) throws {
        let shown = try shown(text)
        #expect(Array(shown.utf8) == Array(expected.utf8))
    }

    @Test(arguments: ["a", "é", "🎟", "e\u{301}"])
    func `a text ends after 300 characters`(_ character: String) throws {
        let shown = try shown(String(repeating: character, count: 10_000))
        #expect(shown.unicodeScalars.count == 300)
    }

    @Test func `a key that would be cut at the end is still hidden`() throws {
        let text = String(repeating: "a", count: 290) + " sk_test_0123456789"
        #expect(!(try shown(text)).contains("sk_"))
        #expect(try shown(text).unicodeScalars.count == 300)
    }
}
