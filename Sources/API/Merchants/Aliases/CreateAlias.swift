import FastCGI
import JSON
import Payments

/// `POST /api/v1/alias`: a new, partial alias, and what the client needs to register the customer with the provider.
struct CreateAliasRequest: MerchantRequest {
    let command: CreateAlias

    init(_ request: Request, id: String) throws(MerchantRefusal) {
        let headers = MerchantHeaders(request)
        try headers.requirePublishableKey()
        try headers.require("PSP-Type", "HTTP_PSP_TYPE")
        try headers.requireIdempotentKey()
        let provider = try headers.provider()
        let mode = try headers.mode() ?? .live
        command = CreateAlias(
            provider: provider, key: try headers.idempotentKey(for: "createAlias"), mode: mode,
            userAgent: headers.userAgent)
    }
}

extension MerchantEndpoints {
    @Sendable func createAlias(
        _ request: CreateAliasRequest, _ caller: MerchantCaller
    ) throws(PaymentError) -> Committed<MerchantAnswer> {
        let committed = try aliases.create(request.command, for: caller)
        let alias = committed.result
        let answer = MerchantAnswer(201, subject: alias.id.text) { writer in
            writer.member("aliasId", alias.id.text)
            writer.name("psp")
            alias.writeProvider(to: &writer)
        }
        return Committed(result: answer, sequence: committed.sequence)
    }
}

extension CreatedAlias {
    /// `PspAliasConfig`: nothing in it is secret.
    fileprivate func writeProvider(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", provider.rawValue)
        writer.member("mode", mode.rawValue)
        if let publishableKey { writer.member("publicKey", publishableKey) }
        for setting in settings where !CreatedAlias.ownNames.contains(where: setting.name.hasSameBytes) {
            writer.name(setting.name)
            writer.string(setting.value)
        }
        writer.endObject()
    }

    private static let ownNames = ["type", "mode", "publicKey"]
}
