import FastCGI
import Payments

/// `DELETE /api/v1/alias/{id}`: no payment can use the alias any more. A server's call, unlike the other three.
struct DeleteAliasRequest: MerchantRequest {
    let alias: AliasID
    let mode: PaymentMode?

    init(_ request: Request, id: String) throws(MerchantRefusal) {
        let headers = MerchantHeaders(request)
        try headers.requireSecretKey()
        mode = try headers.mode()
        alias = AliasID(id)
    }
}

extension MerchantEndpoints {
    @Sendable func deleteAlias(
        _ request: DeleteAliasRequest, _ caller: MerchantCaller
    ) throws(PaymentError) -> Committed<MerchantAnswer> {
        do throws(PaymentError) {
            let committed = try aliases.delete(request.alias, mode: request.mode, for: caller)
            return Committed(result: .empty(subject: request.alias.text), sequence: committed.sequence)
        } catch {
            throw error.about(request.alias.text)
        }
    }
}
