import Crypto
package import FastCGI
import JSON
package import Logging
package import Payments

/// Finds out who calls. Every kind of failure gives the same answer; the reason goes to the request's log line only.
package final class Authentication: Sendable {
    /// How a route's callers prove who they are.
    package enum Method: Sendable {
        /// Nobody needs to be known (questions on the operator's socket).
        case none
        /// The right to connect to the operator's socket, which its mode gives.
        case operatorSocket
        /// One shared secret in a header.
        case purchaseKey
        /// HMAC over the body, in either of Stash's two headers.
        case stashSignature
        /// The key of a merchant's server.
        case secretKey
        /// The same; an unknown one is refused in the words of alias deletion.
        case secretKeyOfAlias
        /// The key of a merchant's client.
        case publishableKey
        /// Open Event's token.
        case user

        /// Whether the callers it finds speak for a shop.
        var knowsShops: Bool {
            switch self {
            case .purchaseKey, .stashSignature: true
            case .none, .operatorSocket, .secretKey, .secretKeyOfAlias, .publishableKey, .user: false
            }
        }

        /// What the metrics call it.
        var name: String {
            switch self {
            case .none: "none"
            case .operatorSocket: "socket"
            case .purchaseKey: "api-key"
            case .stashSignature: "signature"
            case .secretKey, .secretKeyOfAlias: "secret-key"
            case .publishableKey: "publishable-key"
            case .user: "token"
            }
        }
    }

    let shops: [ShopKeys]
    /// nil where no route needs a user.
    private let users: UserTokens?
    /// nil where no route needs a merchant.
    private let merchants: MerchantService?
    private let clock: Clock
    private let logger: Logger

    package init(
        shops: [ShopKeys], users: UserTokens?, merchants: MerchantService?, clock: Clock, logger: Logger
    ) {
        self.shops = shops
        self.users = users
        self.merchants = merchants
        self.clock = clock
        self.logger = logger
    }

    /// - Parameter apiKeyHeader: the parameter the API key comes in, such as `HTTP_X_API_KEY`.
    /// - Throws: `unauthenticated`; `invalid` for a token that is none.
    package func caller(
        of request: Request, by method: Method, apiKeyHeader: String
    ) throws(PaymentError) -> Caller? {
        switch method {
        case .none: return nil
        case .operatorSocket: return try operatorCaller(request)
        case .purchaseKey: return try purchaseCaller(request, apiKeyHeader)
        case .stashSignature: return try signingCaller(request)
        case .secretKey: return try serverCaller(request, otherwise: .unknownSecretKey)
        case .secretKeyOfAlias: return try serverCaller(request, otherwise: .unknownSecretKeyForAlias)
        case .publishableKey: return try clientCaller(request)
        case .user: return try userCaller(request)
        }
    }

    /// An empty key is a key nobody has.
    private func serverCaller(
        _ request: Request, otherwise fault: MerchantFault
    ) throws(PaymentError) -> Caller {
        let key = request.header("HTTP_SECRET_KEY") ?? ""
        return try merchantCaller(.secretKey, fault) { merchants throws(PaymentError) in
            try merchants.authenticate(secretKey: key, otherwise: fault)
        }
    }

    private func clientCaller(_ request: Request) throws(PaymentError) -> Caller {
        let key = request.header("HTTP_PUBLISHABLE_KEY") ?? ""
        return try merchantCaller(.publishableKey, .unknownPublishableKey) { merchants throws(PaymentError) in
            try merchants.authenticate(publishableKey: key)
        }
    }

    private func merchantCaller(
        _ scheme: Caller.Scheme, _ fault: MerchantFault,
        _ authenticate: (MerchantService) throws(PaymentError) -> MerchantCaller
    ) throws(PaymentError) -> Caller {
        guard let merchants else { throw .merchant(fault) }
        do throws(PaymentError) {
            let caller = try authenticate(merchants)
            return Caller(.merchant(caller), keyName: "\(caller.merchant)/\(caller.keyName)", scheme: scheme)
        } catch {
            var error = error
            if case .merchant = error.code { error.reason = "unknown or inactive merchant key" }
            throw error
        }
    }

    private func userCaller(_ request: Request) throws(PaymentError) -> Caller {
        do throws(UserTokenFault) {
            guard let users else { throw .missing }
            let user = try users.user(of: request)
            return Caller(.user(user), keyName: "user-\(user)", scheme: .token)
        } catch {
            // Unlike the other callers', these are told the reason, as Open Event does.
            throw PaymentError(error.isExpected ? .unauthenticated : .invalid, error.message)
        }
    }

    private func operatorCaller(_ request: Request) throws(PaymentError) -> Caller {
        // Such a route is only found there; this is what must hold if that should ever change.
        guard request.listener == .admin else { throw refused("not the operator's socket") }
        let name = request.peerUser.map { "uid-\($0)" } ?? "operator"
        return Caller(.operator(user: request.peerUser), keyName: name, scheme: .socket)
    }

    private func purchaseCaller(_ request: Request, _ header: String) throws(PaymentError) -> Caller {
        guard let candidate = request.headerBytes(named: header) else { throw refused("no API key") }
        let digest = Secret.digest(of: candidate.span)
        let now = clock.milliseconds()
        var fault: StaticString = "unknown API key"
        for shop in shops {
            for key in shop.purchaseKeys where key.secret.matches(digest) {
                if let reason = key.validity.fault(at: now) {
                    fault = reason
                    continue
                }
                return Caller(
                    .shop(shop.shop), keyName: key.name, scheme: .apiKey, use: KeyUse.Moment(use: key.use, time: now))
            }
        }
        throw refused(fault)
    }

    private func signingCaller(_ request: Request) throws(PaymentError) -> Caller {
        let now = clock.milliseconds()
        let signature: StashSignature
        if let header = request.headerBytes("HTTP_X_STASH_HMAC_SIGNATURE") {
            // A wrong v1 signature is not rescued by a right legacy one: that would give up its freshness.
            guard let v1 = StashSignature.v1(header.span) else { throw refused("malformed v1 signature") }
            guard v1.isFresh(at: now) else { throw refused("v1 timestamp outside 5 minutes") }
            signature = v1
        } else if let header = request.headerBytes("HTTP_STASH_HMAC_SIGNATURE") {
            guard let legacy = StashSignature.legacy(header.span) else { throw refused("malformed legacy signature") }
            signature = legacy
        } else {
            throw refused("no signature")
        }
        var fault: StaticString = "signature matches no key"
        if let caller = match(signature, body: request.body, at: now, &fault) { return caller }
        // Go's protojson adds spaces at random, so Stash may sign the compact text and send another.
        let compacted = JSONText.compacted(request.body)
        if compacted.count != request.body.count, let caller = match(signature, body: compacted, at: now, &fault) {
            return caller
        }
        throw refused(fault)
    }

    /// - Parameter fault: why the key that made the signature is not accepted now, where one did.
    private func match(
        _ signature: StashSignature, body: [UInt8], at now: Int64, _ fault: inout StaticString
    ) -> Caller? {
        for shop in shops where isEligible(shop, for: signature) {
            for egress in shop.egressKeys {
                for (reading, key) in egress.keys
                where key.signs(signature.prefix, body, with: signature.code) {
                    if let reason = egress.validity.fault(at: now) {
                        fault = reason
                        continue
                    }
                    if egress.isFirstUse() { report(egress.name, reading, shop.shop) }
                    return Caller(
                        .shop(shop.shop), keyName: egress.name, scheme: signature.timestamp == nil ? .legacy : .v1,
                        reading: reading, skewMilliseconds: signature.timestamp.map { now - $0 },
                        use: KeyUse.Moment(use: egress.use, time: now))
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
