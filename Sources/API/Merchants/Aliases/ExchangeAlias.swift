import FastCGI
import Payments

/// `PUT /api/v1/alias/{id}`: completes an alias with what the client learned from the provider.
struct ExchangeAliasRequest: MerchantRequest {
    let alias: AliasID
    let exchange: AliasExchange
    /// No provider takes the payment method: 3023, once it is known who asks.
    let isUnusable: Bool

    init(_ request: Request, id: String) throws(MerchantRefusal) {
        let headers = MerchantHeaders(request)
        try headers.requireJSON()
        try headers.requirePublishableKey()
        let mode = try headers.mode()
        let body = try MerchantBody(request)
        let providerAlias = try body.text("pspAlias")
        let extra: AliasExtraMembers? =
            if let members = try body.body("extra") { try AliasExtraMembers(members) } else { nil }
        var faults = FieldFaults()
        faults.check(providerAlias, "pspAlias")
        let checked = extra?.checked(&faults)
        guard faults.list.isEmpty else { throw .invalid(faults.list) }
        alias = AliasID(id)
        isUnusable = extra?.hasUnusableMethod ?? false
        exchange = AliasExchange(providerAlias: providerAlias, extra: checked, mode: mode)
    }
}

extension MerchantEndpoints {
    /// Answers the 3DS model, which is empty: no provider here asks the customer for more.
    @Sendable func exchangeAlias(
        _ request: ExchangeAliasRequest, _ caller: MerchantCaller
    ) throws(PaymentError) -> Committed<MerchantAnswer> {
        do throws(PaymentError) {
            guard !request.isUnusable else { throw .merchant(.aliasConfigurationMissing) }
            let committed = try aliases.exchange(request.alias, request.exchange, for: caller)
            let answer = MerchantAnswer(200, subject: request.alias.text) { _ in }
            return Committed(result: answer, sequence: committed.sequence)
        } catch {
            throw error.about(request.alias.text)
        }
    }
}
