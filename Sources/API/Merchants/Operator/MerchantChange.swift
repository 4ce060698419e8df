import Payments

/// What an operator may set about a merchant beside its name: providers and webhook.
struct MerchantChange {
    private var providers: [Provider] = []
    private var dropped: [ProviderType] = []
    /// nil to leave it as it is.
    private var webhook: WebhookURL?
    private var dropsWebhook = false

    /// A provider, its secrets not sealed yet.
    private struct Provider {
        var configuration: ProviderConfiguration
        var secrets: [(name: String, value: String)]
    }

    init(_ body: WireObject) throws(PaymentError) {
        providers = try body.list("providers") { object throws(PaymentError) in try MerchantChange.provider(object) }
        dropped = try body.list("dropProviders") { object throws(PaymentError) in try object.provider("type") }
        if let text = try body.optionalText("webhook") {
            guard let url = WebhookURL(text) else {
                throw body.fault("webhook", "must be a plain https:// address; http:// is for this machine only")
            }
            webhook = url
        }
        dropsWebhook = try body.optionalBoolean("dropWebhook") ?? false
    }

    private static func provider(_ object: WireObject) throws(PaymentError) -> Provider {
        let type = try object.provider("type")
        let settings = try object.list("settings") { setting throws(PaymentError) in
            ProviderConfiguration.Setting(
                name: try setting.requiredText("name"), value: try setting.requiredText("value"))
        }
        var secrets: [(name: String, value: String)] = []
        let access: ProviderConfiguration.Access
        switch try object.requiredText("access") {
        case "sandbox": access = .sandbox
        case "stripe":
            guard type == .stripe else { throw object.fault("access", "must not be stripe for \(type.rawValue)") }
            guard let event = EventID(text: try object.requiredText("event")) else {
                throw object.fault("event", "must be an event's number")
            }
            access = .stripe(event: event)
        case "own":
            secrets = try object.list("secrets") { secret throws(PaymentError) in
                (name: try secret.requiredText("name"), value: try secret.requiredText("value"))
            }
            access = .sealed([])
        case _: throw object.fault("access", "must be sandbox, stripe or own")
        }
        return Provider(
            configuration: ProviderConfiguration(type: type, access: access, settings: settings), secrets: secrets)
    }

    /// Makes the changes, each durable by itself.
    ///
    /// - Throws: 3008; `unavailable` when a secret cannot be sealed: nothing was changed then.
    func apply(
        to id: MerchantID, _ endpoints: MerchantOperatorEndpoints
    ) throws(PaymentError) -> Committed<MerchantReport> {
        // Whatever can fail comes first.
        let sealed = try sealed(for: id, endpoints)
        let secret = webhook.map { _ in WebhookSignature.makeSecret(endpoints.random) }
        var newWebhook: Merchant.Webhook?
        if let webhook, let secret {
            newWebhook = Merchant.Webhook(
                url: webhook.description, secret: try endpoints.seal(secret, for: Merchant.webhookPlace(id)))
        }
        var committed = try endpoints.merchants.merchant(id)
        for type in dropped { committed = try endpoints.merchants.drop(type, of: id) }
        for configuration in sealed { committed = try endpoints.merchants.use(configuration, for: id) }
        if newWebhook != nil || dropsWebhook {
            committed = try endpoints.merchants.notify(newWebhook, of: id)
        }
        return Committed(
            result: MerchantReport(merchant: committed.result, webhookSecret: secret), sequence: committed.sequence)
    }

    private func sealed(
        for id: MerchantID, _ endpoints: MerchantOperatorEndpoints
    ) throws(PaymentError) -> [ProviderConfiguration] {
        var configurations: [ProviderConfiguration] = []
        for provider in providers {
            var configuration = provider.configuration
            var secrets: [ProviderConfiguration.Secret] = []
            for (name, value) in provider.secrets {
                let place = ProviderConfiguration.place(id, configuration.type, name)
                secrets.append(ProviderConfiguration.Secret(name: name, value: try endpoints.seal(value, for: place)))
            }
            if case .sealed = configuration.access { configuration.access = .sealed(secrets) }
            configurations.append(configuration)
        }
        return configurations
    }
}

extension WireObject {
    func requiredText(_ name: WireName) throws(PaymentError) -> String {
        guard let text = try optionalText(name) else { throw fault(name, "is required") }
        return text
    }

    fileprivate func provider(_ name: WireName) throws(PaymentError) -> ProviderType {
        guard let type = ProviderType(rawValue: try requiredText(name)) else {
            let known = ProviderType.allCases.map(\.rawValue).joined(separator: ", ")
            throw fault(name, "must be one of \(known)")
        }
        return type
    }
}
