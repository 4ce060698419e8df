import FastCGI
import JSON
import Payments

/// `{"error_code", "error_description"[, "error"]}` (contracts: authorization, section 4). Numbers are strings.
enum MerchantError {
    static func response(to error: PaymentError) -> Response {
        switch error.code {
        case .unreadable: MerchantRefusal.unreadable.response
        case .invalid: MerchantRefusal.invalid([error.sentence]).response
        case .unauthenticated: response(to: .unknownSecretKey, "\(MerchantFault.unknownSecretKey.text)")
        case .notFound: response(400, "3012", error.sentence)
        case .conflict: response(400, "3021", error.sentence)
        case .overloaded, .unavailable, .connection: response(503, "5000", error.sentence)
        case .merchant(let fault): response(to: fault, error.sentence)
        }
    }

    static func response(status: Int, message: String) -> Response {
        response(status, "2000", message)
    }

    /// - Parameter name: the member `error`, where there is one.
    static func response(
        _ status: Int, _ number: StaticString, _ description: String, name: String? = nil
    ) -> Response {
        var writer = JSONWriter(reserving: 64 + description.utf8.count)
        writer.beginObject()
        writer.member("error_code", number)
        writer.member("error_description", description)
        if let name { writer.member("error", name) }
        writer.endObject()
        return Response(status: status, body: writer.bytes)
    }

    private static func response(to fault: MerchantFault, _ sentence: String) -> Response {
        guard case .providerFailed(let reason) = fault else {
            return response(status(of: fault), fault.number, sentence)
        }
        return response(500, fault.number, sentence, name: reason)
    }

    private static func status(of fault: MerchantFault) -> Int {
        switch fault {
        case .providerMissing, .providerFailed: 500
        case .unknownPublishableKey, .unknownSecretKeyForAlias, .noProviderConfiguration,
            .providerConfigurationMissing, .aliasNotFound, .foreignAlias, .aliasIncomplete, .merchantNotFound,
            .unknownSecretKey, .merchantExists, .transactionNotFound, .modeMismatch, .operationNotAllowed,
            .sepaNotAllowed, .refundTooLarge, .idempotencyViolation, .aliasConfigurationMissing,
            .providerAliasMissing:
            400
        }
    }
}
