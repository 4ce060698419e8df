import Crypto
package import FastCGI
import JSON
package import Logging
package import Payments

/// Finds out who calls. Every kind of failure gives the same answer; the reason goes to the request's log line only.
package final class Authentication: Sendable {
    /// How a route's callers prove who they are.
    package enum Method: Sendable {
        /// Nobody needs to be known (the operator's socket).
        case none
        /// One shared secret in a header.
        case purchaseKey
        /// HMAC over the body, in either of Stash's two headers.
        case stashSignature
    }

    private let shops: [ShopKeys]
    private let clock: Clock
    private let logger: Logger

    package init(shops: [ShopKeys], clock: Clock, logger: Logger) {
        self.shops = shops
        self.clock = clock
        self.logger = logger
    }

    /// - Parameter apiKeyHeader: the parameter the API key comes in, such as `HTTP_X_API_KEY`.
    /// - Throws: `unauthenticated`.
    package func caller(
        of request: Request, by method: Method, apiKeyHeader: String
    ) throws(PaymentError) -> Caller? {
        switch method {
        case .none: return nil
        case .purchaseKey: return try purchaseCaller(request, apiKeyHeader)
        case .stashSignature: return try signingCaller(request)
        }
    }

    private func purchaseCaller(_ request: Request, _ header: String) throws(PaymentError) -> Caller {
        guard let candidate = request.headerBytes(named: header) else { throw refused("no API key") }
        let digest = Secret.digest(of: candidate.span)
        for shop in shops {
            for key in shop.purchaseKeys where key.secret.matches(digest) {
                return Caller(.shop(shop.shop), keyName: key.name, scheme: .apiKey)
            }
        }
        throw refused("unknown API key")
    }

    private func signingCaller(_ request: Request) throws(PaymentError) -> Caller {
        let signature: StashSignature
        if let header = request.headerBytes("HTTP_X_STASH_HMAC_SIGNATURE") {
            // A wrong v1 signature is not rescued by a right legacy one: that would give up its freshness.
            guard let v1 = StashSignature.v1(header.span) else { throw refused("malformed v1 signature") }
            guard v1.isFresh(at: clock.milliseconds()) else { throw refused("v1 timestamp outside 5 minutes") }
            signature = v1
        } else if let header = request.headerBytes("HTTP_STASH_HMAC_SIGNATURE") {
            guard let legacy = StashSignature.legacy(header.span) else { throw refused("malformed legacy signature") }
            signature = legacy
        } else {
            throw refused("no signature")
        }
        if let caller = match(signature, body: request.body) { return caller }
        // Go's protojson adds spaces at random, so Stash may sign the compact text and send another.
        let compacted = JSONText.compacted(request.body)
        if compacted.count != request.body.count, let caller = match(signature, body: compacted) { return caller }
        throw refused("signature matches no key")
    }

    private func match(_ signature: StashSignature, body: [UInt8]) -> Caller? {
        for shop in shops where isEligible(shop, for: signature) {
            for egress in shop.egressKeys {
                for (reading, key) in egress.keys
                where key.signs(signature.prefix, body, with: signature.code) {
                    if egress.isFirstUse() { report(egress.name, reading, shop.shop) }
                    return Caller(
                        .shop(shop.shop), keyName: egress.name, scheme: signature.timestamp == nil ? .legacy : .v1)
                }
            }
        }
        return nil
    }

    private func isEligible(_ shop: ShopKeys, for signature: StashSignature) -> Bool {
        guard let named = signature.shop else { return shop.acceptsLegacySignature }
        return shop.shop.id == named
    }

    private func report(_ name: String, _ reading: KeyReading, _ shop: Shop) {
        logger.info(
            "first signature verified with this key",
            metadata: ["shop": "\(shop.id)", "key": "\(name)", "reading": "\(reading.rawValue)"])
    }

    private func refused(_ reason: StaticString) -> PaymentError {
        var error = PaymentError(.unauthenticated, "Unauthorized")
        error.reason = reason
        return error
    }
}
