extension MerchantService {
    /// Seals what is secret of these merchants anew with the sealing's current key: what they sign into at providers and
    /// what their notifications are signed with. One merchant at a time; may be repeated.
    ///
    /// Who lists the merchants does that after the new key was put in force: those added since are sealed with it.
    ///
    /// - Returns: once all of it is durable. An old key may be removed when nothing failed.
    package func reseal(_ ids: [MerchantID], with sealing: any Sealing) throws(PaymentError) -> Resealing {
        var result = Resealing()
        for id in ids {
            let key = Merchant.key(id)
            do throws(PaymentError) {
                // Most have nothing of their own to sign in with, and count for nothing here.
                guard try merchant(id).result.hasSecrets else { continue }
            } catch {
                // Also one that cannot be read must not keep the others from their new key.
                result.add(.impossible, of: key)
                continue
            }
            let resealed = try repository.transaction(reading: [key]) { transaction throws(PaymentError) in
                var merchant = try transaction.merchant(id)
                let before = merchant
                do throws(PaymentError) {
                    try merchant.reseal(with: sealing)
                } catch {
                    return Resealed.impossible
                }
                guard merchant.providers != before.providers || merchant.webhook != before.webhook else {
                    return .unneeded
                }
                transaction.put(merchant)
                return .made
            }
            try repository.waitUntilDurable(resealed.sequence)
            result.add(resealed.result, of: key)
        }
        return result
    }
}

extension Merchant {
    fileprivate var hasSecrets: Bool {
        webhook != nil
            || providers.contains { provider in
                if case .sealed(let secrets) = provider.access { !secrets.isEmpty } else { false }
            }
    }

    /// - Throws: `unavailable` for the first secret that cannot be opened; half of them may be sealed anew then.
    fileprivate mutating func reseal(with sealing: any Sealing) throws(PaymentError) {
        for var provider in providers {
            guard case .sealed(var secrets) = provider.access else { continue }
            for index in secrets.indices {
                let place = ProviderConfiguration.place(merchantID, provider.type, secrets[index].name)
                secrets[index].value = try sealing.renewed(secrets[index].value, for: place)
            }
            let renewed = ProviderConfiguration.Access.sealed(secrets)
            guard renewed != provider.access else { continue }
            provider.access = renewed
            use(provider)
        }
        if let present = webhook {
            webhook?.secret = try sealing.renewed(present.secret, for: Merchant.webhookPlace(merchantID))
        }
    }
}
