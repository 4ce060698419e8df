import JSON
package import Payments

/// What the operator's commands change about merchants: one method for each, in the file of its endpoint.
package struct MerchantOperatorEndpoints: Sendable {
    let merchants: MerchantService
    let payments: AuthorizationService
    let deliveries: DeliveryService
    /// nil where the configuration has no key to seal with: then nothing secret can be stored.
    let sealing: (any Sealing)?
    let random: Randomness

    package init(
        merchants: MerchantService, payments: AuthorizationService, deliveries: DeliveryService,
        sealing: (any Sealing)?, random: Randomness
    ) {
        self.merchants = merchants
        self.payments = payments
        self.deliveries = deliveries
        self.sealing = sealing
        self.random = random
    }

    var routes: [Route] {
        [
            .operatorPost("/operator/merchants/add", addMerchant),
            .operatorPost("/operator/merchants/update", updateMerchant),
            .operatorPost("/operator/merchants/reseal", lane: .blocking, reseal),
            .operatorPost("/operator/keys/create", createKey),
            .operatorPost("/operator/keys/deactivate", deactivateKey),
            .operatorPost("/operator/authorizations/settle", settle),
            .operatorPost("/operator/deliveries/retry", retryDelivery),
        ]
    }

    /// - Throws: `unavailable` when there is no key to seal with.
    func seal(_ secret: String, for place: String) throws(PaymentError) -> SealedSecret {
        guard let sealing else {
            throw PaymentError(
                .unavailable, "Secrets are stored encrypted: put a key into the configuration (\"sealing\") first.")
        }
        return try sealing.seal(Array(secret.utf8), for: place)
    }
}

/// A merchant as the operator's commands are answered. Never a secret, but the one just made.
struct MerchantReport: ResponseBody {
    let merchant: Merchant
    /// The signing secret of a new webhook: shown once.
    var webhookSecret: String?

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", merchant.merchantID.text)
        writer.member("name", merchant.name)
        writer.member("live", merchant.allowsLive)
        writer.name("providers")
        writer.beginArray()
        for provider in merchant.providers { writer.string(provider.type.rawValue) }
        writer.endArray()
        if let webhook = merchant.webhook { writer.member("webhook", webhook.url) }
        if let webhookSecret { writer.member("webhookSecret", webhookSecret) }
        writer.endObject()
    }
}
