package import Payments

/// What the merchants' routes run: one method for each, in the file of its endpoint.
package struct MerchantEndpoints: Sendable {
    let payments: AuthorizationService
    let aliases: AliasService
    /// Whom the keys belong to.
    package let merchants: MerchantService
    /// What the operator's commands change about all of it.
    private let operations: MerchantOperatorEndpoints

    package init(
        payments: AuthorizationService, aliases: AliasService, merchants: MerchantService,
        operations: MerchantOperatorEndpoints
    ) {
        self.payments = payments
        self.aliases = aliases
        self.merchants = merchants
        self.operations = operations
    }

    /// Those that may call a provider, or wait for one that is called, run where they may block.
    var routes: [Route] {
        [
            .merchant("PUT", "/api/v1/authorization", .secretKey, lane: .blocking, authorize),
            .merchant("PUT", "/api/v1/preauthorization", .secretKey, lane: .blocking, preauthorize),
            .merchant("PUT", "/api/v1/preauthorization/{id}/capture", .secretKey, lane: .blocking, capture),
            .merchant("PUT", "/api/v1/preauthorization/{id}/reverse", .secretKey, lane: .blocking, reverse),
            .merchant("PUT", "/api/v1/authorization/{id}/refund", .secretKey, lane: .blocking, refund),

            .merchant("POST", "/api/v1/alias", .publishableKey, createAlias),
            .merchant("PUT", "/api/v1/alias/{id}", .publishableKey, exchangeAlias),
            .merchant("POST", "/api/v1/alias/{id}/verify", .publishableKey, verifyAlias),
            .merchant("DELETE", "/api/v1/alias/{id}", .secretKeyOfAlias, deleteAlias),
        ] + operations.routes
    }
}
