import JSON
import Payments

/// A merchant as people and programs read it: never a secret, sealed or not.
enum MerchantText {
    /// One line: id, test or live, providers, name.
    static func line(_ merchant: Merchant) -> String {
        let providers = merchant.providers.map(\.type.rawValue).joined(separator: ",")
        return [
            merchant.merchantID.text, merchant.allowsLive ? "live" : "test",
            providers.isEmpty ? "no provider" : providers, Printable.text(merchant.name),
        ].joined(separator: "  ")
    }

    static func page(_ merchant: Merchant, _ keys: [MerchantKey], now: Int64) -> String {
        var lines = [
            ("merchant", merchant.merchantID.text), ("name", Printable.text(merchant.name)),
            ("money", merchant.allowsLive ? "test and live" : "test only"),
            ("since", Moment.text(merchant.created)),
        ]
        for provider in merchant.providers { lines.append(("provider", text(provider))) }
        if let webhook = merchant.webhook { lines.append(("webhook", Printable.text(webhook.url))) }
        for key in keys { lines.append(("key", MerchantKeyText.short(key, now: now))) }
        return lines.map { "\(($0.0 + ":").padded(to: 12))\($0.1)" }.joined(separator: "\n")
    }

    static func write(
        _ merchant: Merchant, _ keys: [MerchantKey], now: Int64, to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("id", merchant.merchantID.text)
        writer.member("name", merchant.name)
        writer.member("live", merchant.allowsLive)
        writer.member("created", merchant.created)
        writer.name("providers")
        writer.beginArray()
        for provider in merchant.providers { write(provider, to: &writer) }
        writer.endArray()
        if let webhook = merchant.webhook { writer.member("webhook", webhook.url) }
        writer.name("keys")
        writer.beginArray()
        if keys.isEmpty {
            for key in merchant.keys { writer.string(key.name) }
        } else {
            for key in keys { MerchantKeyText.write(key, now, to: &writer) }
        }
        writer.endArray()
        writer.endObject()
    }

    /// What the service answered to a change.
    static func print(_ answer: JSONValue, done: String, asJSON isJSON: Bool) {
        if isJSON { return Console.output(Array(answer.bytes)) }
        Swift.print("\(done) merchant \(Printable.text(answer["id"]?.string ?? "")).")
        guard let secret = answer["webhookSecret"]?.string else { return }
        Swift.print("Its notifications are signed with this secret, which is shown this once:\n\(secret)")
    }

    private static func text(_ provider: ProviderConfiguration) -> String {
        let access =
            switch provider.access {
            case .sandbox: "the sandbox, in test mode"
            case .stripe(let event): "the Stripe account of event \(event)"
            case .sealed(let secrets): "own (\(secrets.map { Printable.text($0.name) }.joined(separator: ", ")))"
            }
        return "\(provider.type.rawValue): \(access)"
    }

    private static func write(_ provider: ProviderConfiguration, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", provider.type.rawValue)
        switch provider.access {
        case .sandbox: writer.member("access", "sandbox")
        case .stripe(let event):
            writer.member("access", "stripe")
            writer.member("event", event.number)
        case .sealed(let secrets):
            writer.member("access", "own")
            writer.name("secrets")
            writer.beginArray()
            for secret in secrets { writer.string(secret.name) }
            writer.endArray()
        }
        writer.name("settings")
        writer.beginObject()
        for setting in provider.settings {
            writer.name(setting.name)
            writer.string(setting.value)
        }
        writer.endObject()
        writer.endObject()
    }
}

/// A merchant's key as people and programs read it; its beginning at most.
enum MerchantKeyText {
    /// Name, use, beginning and state.
    static func short(_ key: MerchantKey, now: Int64) -> String {
        "\(Printable.text(key.name)), \(key.use.rawValue), \(Printable.text(key.prefix))…, \(state(key, now))"
    }

    /// As the table of `tollgate keys list` has it.
    static func row(_ key: MerchantKey, _ now: Int64) -> [String] {
        [
            Printable.text(key.name), key.use.rawValue, key.merchant.text, state(key, now),
            "\(days(key, now)) d", key.lastUsed ?? "never", key.validFrom.map(Moment.text) ?? "-",
            key.validUntil.map(Moment.text) ?? "-",
        ]
    }

    static func write(_ key: MerchantKey, _ now: Int64, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("key", key.name)
        writer.member("purpose", key.use.rawValue)
        writer.member("merchant", key.merchant.text)
        writer.member("prefix", key.prefix)
        writer.member("state", state(key, now))
        writer.member("ageDays", days(key, now))
        if let day = key.lastUsed { writer.member("lastUsed", day) }
        if let from = key.validFrom { writer.member("validFrom", Moment.text(from)) }
        if let until = key.validUntil { writer.member("validUntil", Moment.text(until)) }
        writer.endObject()
    }

    private static func days(_ key: MerchantKey, _ now: Int64) -> Int64 {
        max(0, now - key.created) / UTCTime.dayMilliseconds
    }

    private static func state(_ key: MerchantKey, _ now: Int64) -> String {
        if !key.isActive { return "deactivated" }
        if let from = key.validFrom, now < from { return "not yet valid" }
        if let until = key.validUntil, now >= until { return "expired" }
        return "valid"
    }
}
