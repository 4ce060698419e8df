import Testing

@testable import Stripe

struct BaseURLTests {
    @Test(arguments: [
        ("https://api.stripe.com", "https://api.stripe.com"), ("https://api.stripe.com/", "https://api.stripe.com"),
        ("https://api.stripe.com:8443", "https://api.stripe.com:8443"), ("https://10.0.0.1", "https://10.0.0.1"),
        ("https://[2001:db8::1]:443", "https://[2001:db8::1]:443"), ("http://localhost:8420", "http://localhost:8420"),
        ("http://127.0.0.1", "http://127.0.0.1"), ("http://127.9.8.7:1", "http://127.9.8.7:1"),
        ("http://[::1]:8420/", "http://[::1]:8420"),
    ])
    func `an address is taken without the slash at its end`(_ text: String, _ expected: String) throws {
        #expect(try BaseURL(text).text == expected)
    }

    @Test(arguments: [
        "http://api.stripe.com", "http://10.0.0.1", "http://localhost.example.com", "http://127.0.0.1.example.com",
        "http://128.0.0.1", "http://0.0.0.0", "http://[::2]", "http://[::ffff:127.0.0.1]", "http://localhostx",
    ])
    func `plain http leads to this machine only`(_ text: String) throws {
        let error = #expect(throws: SettingError.self) { try BaseURL(text) }
        #expect(error?.message.contains("not encrypted") == true)
    }

    @Test(arguments: [
        "", "https://", "http:///", "ftp://127.0.0.1", "api.stripe.com", "HTTPS://api.stripe.com",
        "https://api.stripe.com/v1", "https://user:secret@api.stripe.com", "http://127.0.0.1@evil.example",
        "http://127.0.0.1:80@evil.example", "http://127.0.0.1#.evil.example", "http://127.0.0.1?x", "https://a b",
        "https://api.stripe.com:0", "https://api.stripe.com:65536", "https://api.stripe.com:", "https://a:1:2",
        "https://-a", "https://.a", "https://a..b", "http://127.1", "http://0177.0.0.1", "http://2130706433",
        "http://0x7f000001", "http://127.0.0.01", "http://127.0.0.256", "https://[::1", "https://[]", "https://[::1]x",
        "https://[::1%25eth0]", "https://apí.stripe.com", "https://api.stripe.com\r\n", "http://127.0.0.1\\@evil",
        "https:/api.stripe.com",
    ])
    func `everything unusual is refused`(_ text: String) throws {
        let error = #expect(throws: SettingError.self) { try BaseURL(text) }
        #expect(error?.message.contains("is not an address") == true)
        #expect(error?.message.contains("secret") == false)
    }
}

struct PlatformKeyTests {
    @Test(arguments: ["sk_test_X", "rk_test_X", "sk_test_51H_abc"])
    func `a key of its mode is taken, and does not print`(_ text: String) throws {
        let key = try PlatformKey(Array(text.utf8), mode: .test)
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "[redacted]")
        #expect(!dumped.contains("115"))  // the code of "s"
        #expect(key.bytes == Array(text.utf8))
    }

    @Test(arguments: [
        ("", "begins with"), ("sk_test_", "begins with"), ("pk_test_X", "begins with"), ("sk_12345", "begins with"),
        ("sk_live_X", "live key"), ("sk_test_a b", "one word"), ("sk_test_X\n", "one word"), ("sk_test_é", "one word"),
    ])
    func `any other is refused in words that hold nothing of it`(_ text: String, _ words: String) throws {
        let error = #expect(throws: SettingError.self) { try PlatformKey(Array(text.utf8), mode: .test) }
        #expect(error?.message.contains(words) == true)
    }

    @Test(arguments: ["", "ca_", "acct_1", "ca_a b", "ca_é"])
    func `a client id of another form is refused`(_ text: String) throws {
        let key = try PlatformKey(Array("sk_test_X".utf8), mode: .test)
        let base = try BaseURL(StripeConfiguration.apiAddress)
        #expect(throws: SettingError.self) {
            try StripeConfiguration(
                key: key, clientID: text, http: HTTPSettings(version: "1", authorities: .system), connectBase: base,
                apiBase: base)
        }
    }
}
