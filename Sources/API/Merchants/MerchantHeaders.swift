import FastCGI
import Payments

/// The headers of the merchants' routes (contracts: authorization, section 1.4).
struct MerchantHeaders {
    private let request: Request

    init(_ request: Request) {
        self.request = request
    }

    /// - Throws: 415 for anything but JSON, with or without a charset.
    func requireJSON() throws(MerchantRefusal) {
        let media = request.contentType.map { $0.prefix { $0 != ";" } } ?? ""
        let bare = media.lowercased().utf8.filter { $0 != 0x20 && $0 != 0x09 }
        guard bare.elementsEqual("application/json".utf8) else { throw .mediaType(request.contentType) }
    }

    /// An empty header is there: it fails later, as an unknown key does.
    ///
    /// - Throws: 2002.
    func require(_ name: StaticString, _ parameter: StaticString) throws(MerchantRefusal) {
        guard request.has(parameter) else { throw .missingHeader(name) }
    }

    func requireSecretKey() throws(MerchantRefusal) {
        try require("Secret-Key", "HTTP_SECRET_KEY")
    }

    func requirePublishableKey() throws(MerchantRefusal) {
        try require("Publishable-Key", "HTTP_PUBLISHABLE_KEY")
    }

    func requireIdempotentKey() throws(MerchantRefusal) {
        try require("Idempotent-Key", "HTTP_IDEMPOTENT_KEY")
    }

    /// What `PSP-Test-Mode` says; nil when it is absent or empty. The words are those of Spring's converter.
    ///
    /// - Throws: 2006.
    func mode() throws(MerchantRefusal) -> PaymentMode? {
        guard let value = request.header("HTTP_PSP_TEST_MODE") else { return nil }
        let word = value.lowercased().utf8.filter { $0 != 0x20 && $0 != 0x09 }
        if word.isEmpty { return nil }
        if ["true", "on", "yes", "1"].contains(where: { $0.utf8.elementsEqual(word) }) { return .test }
        if ["false", "off", "no", "0"].contains(where: { $0.utf8.elementsEqual(word) }) { return .live }
        throw .headerValue("PSP-Test-Mode", type: "Boolean", String(value.prefix(100)))
    }

    /// - Throws: 2006 for a provider nobody knows.
    func provider() throws(MerchantRefusal) -> ProviderType {
        let value = request.header("HTTP_PSP_TYPE") ?? ""
        guard let provider = ProviderType(rawValue: value) else {
            throw .headerValue("PSP-Type", type: "PaymentServiceProvider", String(value.prefix(100)))
        }
        return provider
    }

    /// The key, once everything else was found right.
    ///
    /// - Parameter operation: what the contract calls the operation.
    /// - Throws: 2001 when it does not have 10 to 40 characters.
    func idempotentKey(for operation: StaticString) throws(MerchantRefusal) -> String {
        let key = request.header("HTTP_IDEMPOTENT_KEY") ?? ""
        guard (10...40).contains(key.utf8.count) else { throw .keyLength(operation: operation) }
        return key
    }

    /// The program that called, as it calls itself: at most 255 characters of it.
    var userAgent: String? {
        request.header("HTTP_USER_AGENT").map { String($0.unicodeScalars.prefix(255)) }
    }
}
