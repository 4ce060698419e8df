/// The merchants' aliases: made and exchanged by their clients, deleted by their servers.
package struct AliasService: Sendable {
    let repository: any Repository
    let clock: Clock
    let random: Randomness
    let digests: Digests
    let providers: ProviderRegistry
    let redactions: RedactionCount

    package init(
        repository: any Repository, clock: Clock, random: Randomness, digests: Digests, providers: ProviderRegistry,
        redactions: RedactionCount
    ) {
        self.repository = repository
        self.clock = clock
        self.random = random
        self.digests = digests
        self.providers = providers
        self.redactions = redactions
    }

    /// Makes a partial alias. The same key and parameters again get the same alias.
    ///
    /// - Throws: 3021 for a key used otherwise; 3002 when the merchant uses no provider; 3004, 3003 or 3014 as a payment
    ///   with that provider and mode would be refused.
    package func create(
        _ command: CreateAlias, for caller: MerchantCaller
    ) throws(PaymentError) -> Committed<CreatedAlias> {
        let fingerprint = digests.name(of: ["alias", command.provider.rawValue, command.mode.rawValue])
        let record = IdempotencyRecord.key(caller.merchant, .alias, command.key, digests)
        let fresh = AliasID(random.text(count: 20))
        let userAgent = command.userAgent.map(redactions.redact)
        let now = clock.milliseconds()
        return try repository.transaction(reading: [record]) { transaction throws(PaymentError) in
            let earlier = try transaction.get(IdempotencyRecord.self, record)
            try earlier?.checkSame(fingerprint)
            let merchant = try transaction.merchant(caller.merchant)
            guard !merchant.providers.isEmpty else { throw .merchant(.noProviderConfiguration) }
            let access = try providers.access(command.provider, of: merchant, mode: command.mode, in: &transaction)
            let id = earlier.map { AliasID($0.subject) } ?? fresh
            if earlier == nil {
                transaction.put(
                    Alias(
                        id: id, merchant: caller.merchant, provider: command.provider, mode: command.mode,
                        userAgent: userAgent, created: now))
                transaction.put(
                    IdempotencyRecord(document: record.id, fingerprint: fingerprint, subject: id.text, created: now))
            }
            return CreatedAlias(
                id: id, provider: command.provider, mode: command.mode, settings: access.settings,
                publishableKey: access.publishableKey)
        }
    }

    /// Completes an alias with what the client learned from the provider. A complete one may be exchanged again.
    ///
    /// - Throws: 3005 unknown or deleted; 3006 another merchant's; 3014 another mode than named; 3023 or 3024 when
    ///   something is missing.
    package func exchange(
        _ id: AliasID, _ exchange: AliasExchange, for caller: MerchantCaller
    ) throws(PaymentError) -> Committed<Alias> {
        let given = exchange.providerAlias.map(redactions.redact)
        let details = exchange.extra?.details(redactions.redact)
        return try repository.transaction(reading: [Alias.key(id)]) { transaction throws(PaymentError) in
            var alias = try transaction.activeAlias(id, of: caller, mode: exchange.mode)
            let providerAlias = given ?? alias.providerAlias
            if let extra = exchange.extra {
                try extra.checkComplete(for: alias.provider, providerAlias: providerAlias)
                alias.details = details
            }
            // Where the provider makes its own name from a one-time number, ours stands for it.
            alias.providerAlias = providerAlias ?? (alias.details == nil ? nil : id.text)
            transaction.put(alias)
            return alias
        }
    }

    /// Whether an alias may go on with the customer's authentication. No provider here asks for one: nothing changes.
    ///
    /// - Throws: 3005, 3006 or 3014 as `exchange`.
    package func verify(
        _ id: AliasID, mode: PaymentMode?, for caller: MerchantCaller
    ) throws(PaymentError) -> Committed<Alias> {
        try repository.transaction(reading: [Alias.key(id)]) { transaction throws(PaymentError) in
            try transaction.activeAlias(id, of: caller, mode: mode)
        }
    }

    /// Deletes an alias: no payment can use it any more. Payments made with it go on.
    ///
    /// - Throws: 3005, 3006 or 3014 as `exchange`.
    package func delete(
        _ id: AliasID, mode: PaymentMode?, for caller: MerchantCaller
    ) throws(PaymentError) -> Committed<Alias> {
        try repository.transaction(reading: [Alias.key(id)]) { transaction throws(PaymentError) in
            var alias = try transaction.activeAlias(id, of: caller, mode: mode)
            alias.isActive = false
            transaction.put(alias)
            return alias
        }
    }

    /// Takes over an alias that exists already, as the demo's do; one of the same id is replaced.
    package func store(_ alias: Alias) throws(PaymentError) -> Committed<Alias> {
        try repository.transaction { transaction throws(PaymentError) in
            transaction.put(alias)
            return alias
        }
    }
}

extension Transaction {
    /// - Throws: 3005, 3006, 3014, in that order.
    fileprivate mutating func activeAlias(
        _ id: AliasID, of caller: MerchantCaller, mode: PaymentMode?
    ) throws(PaymentError) -> Alias {
        guard let alias = try get(Alias.self, Alias.key(id)), alias.isActive else { throw .merchant(.aliasNotFound) }
        try alias.check(of: caller.merchant, mode: mode)
        return alias
    }
}
