import FastCGI
import JSON
import Payments

/// `{"error_code", "error_description"}` (contracts: authorization, section 4).
enum MerchantError {
    static func response(to error: PaymentError) -> Response {
        let (status, code): (Int, StaticString) =
            switch error.code {
            case .unreadable: (400, "2004")
            case .invalid: (400, "2003")
            case .unauthenticated: (400, "3010")
            case .notFound: (400, "3012")
            case .conflict: (400, "3021")
            case .overloaded, .unavailable, .connection: (503, "5000")
            case .merchant(let fault): (status(of: fault), fault.number)
            }
        return response(status, code, error.sentence)
    }

    static func response(status: Int, message: String) -> Response {
        response(status, "2000", message)
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

    private static func response(_ status: Int, _ code: StaticString, _ description: String) -> Response {
        var writer = JSONWriter(reserving: 64 + description.utf8.count)
        writer.beginObject()
        writer.member("error_code", "\(code)")
        writer.member("error_description", description)
        writer.endObject()
        return Response(status: status, body: writer.bytes)
    }
}
