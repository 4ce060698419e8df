/// The merchants: who they are, by which keys they are known, and which providers they use.
package struct MerchantService: Sendable {
    let repository: any Repository
    let clock: Clock
    let random: Randomness
    let digests: Digests

    package init(repository: any Repository, clock: Clock, random: Randomness, digests: Digests) {
        self.repository = repository
        self.clock = clock
        self.random = random
        self.digests = digests
    }

    /// The merchant whose server sent that key.
    ///
    /// - Throws: 3010 where no such key is active now, or `otherwise`, as the deletion of an alias says it (3001).
    package func authenticate(
        secretKey: String, otherwise fault: MerchantFault = .unknownSecretKey
    ) throws(PaymentError) -> MerchantCaller {
        try authenticate(secretKey, .secret, fault)
    }

    /// The merchant whose client sent that key.
    ///
    /// - Throws: 3000.
    package func authenticate(publishableKey: String) throws(PaymentError) -> MerchantCaller {
        try authenticate(publishableKey, .publishable, .unknownPublishableKey)
    }

    /// - Throws: `invalid` for an unusable id; 3011 when there is one already.
    package func add(_ id: MerchantID, name: String, allowsLive: Bool) throws(PaymentError) -> Committed<Merchant> {
        guard Merchant.isUsable(id) else {
            throw .invalid("id", "must be 1 to 64 letters, digits, dots, underscores or dashes")
        }
        let merchant = Merchant(id: id, name: name, allowsLive: allowsLive, created: clock.milliseconds())
        return try repository.transaction(reading: [merchant.key]) { transaction throws(PaymentError) in
            guard try transaction.get(Merchant.self, merchant.key) == nil else {
                throw .merchant(.merchantExists, "Merchant with id '\(id)' already exists.")
            }
            transaction.put(merchant)
            return merchant
        }
    }

    /// - Throws: 3008.
    package func merchant(_ id: MerchantID) throws(PaymentError) -> Committed<Merchant> {
        try repository.transaction { transaction throws(PaymentError) in try transaction.merchant(id) }
    }

    /// Adds a provider, or replaces how the merchant uses it.
    ///
    /// - Throws: 3008.
    package func use(
        _ configuration: ProviderConfiguration, for id: MerchantID
    ) throws(PaymentError) -> Committed<Merchant> {
        try change(id) { $0.use(configuration) }
    }

    /// - Throws: 3008.
    package func drop(_ type: ProviderType, of id: MerchantID) throws(PaymentError) -> Committed<Merchant> {
        try change(id) { $0.drop(type) }
    }

    /// - Parameter webhook: nil to be told nothing any more.
    /// - Throws: 3008.
    package func notify(_ webhook: Merchant.Webhook?, of id: MerchantID) throws(PaymentError) -> Committed<Merchant> {
        try change(id) { $0.webhook = webhook }
    }

    private func change(
        _ id: MerchantID, _ body: (inout Merchant) -> Void
    ) throws(PaymentError) -> Committed<Merchant> {
        try repository.transaction { transaction throws(PaymentError) in
            var merchant = try transaction.merchant(id)
            body(&merchant)
            transaction.put(merchant)
            return merchant
        }
    }

    private func authenticate(
        _ text: String, _ use: MerchantKey.Use, _ fault: MerchantFault
    ) throws(PaymentError) -> MerchantCaller {
        let hash = digests.keyed(Array(text.utf8))
        let document = MerchantKey.document(hash)
        let now = clock.milliseconds()
        let today = Timestamp.day(now)
        let committed = try repository.transaction(reading: [document]) { transaction throws(PaymentError) in
            // Nothing can be learned from how long the look-up takes: who lacks the pepper cannot choose a hash.
            guard var key = try transaction.get(MerchantKey.self, document), key.use == use, key.isValid(at: now),
                let stored = Hexadecimal.bytes(key.id.text), Digests.areEqual(stored, hash),
                try transaction.get(Merchant.self, Merchant.key(key.merchant)) != nil
            else { throw .merchant(fault) }
            if key.lastUsed != today {
                key.lastUsed = today
                transaction.put(key)
            }
            return MerchantCaller(merchant: key.merchant, keyName: key.name)
        }
        return committed.result
    }
}

/// A merchant that proved who it is, and the name of the key it did so with.
package struct MerchantCaller: Sendable, Equatable {
    package let merchant: MerchantID
    package let keyName: String

    package init(merchant: MerchantID, keyName: String) {
        self.merchant = merchant
        self.keyName = keyName
    }
}

extension Transaction {
    /// - Throws: 3008.
    mutating func merchant(_ id: MerchantID) throws(PaymentError) -> Merchant {
        guard let merchant = try get(Merchant.self, Merchant.key(id)) else { throw .merchant(.merchantNotFound) }
        return merchant
    }
}
