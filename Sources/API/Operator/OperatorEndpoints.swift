package import Payments

/// What the operator's commands ask of a running service beside its documents: one method for each, in the file of its
/// endpoint.
package struct OperatorEndpoints: Sendable {
    let repository: any Repository
    let clock: Clock
    let version: String
    /// When the process began to serve, milliseconds since the Unix epoch.
    let startedAt: Int64
    /// Whether the store takes new records.
    let isWritable: @Sendable () -> Bool
    /// Makes a snapshot of all closed segments; false when there is nothing new in them.
    let makeSnapshot: @Sendable () throws(PaymentError) -> Bool
    /// Puts a configuration in force, or says why the old one stays.
    let reload: @Sendable (ReloadOffer) -> Result<ReloadReport, PaymentError>

    package init(
        repository: any Repository, clock: Clock, startedAt: Int64, version: String,
        isWritable: @escaping @Sendable () -> Bool, makeSnapshot: @escaping @Sendable () throws(PaymentError) -> Bool,
        reload: @escaping @Sendable (ReloadOffer) -> Result<ReloadReport, PaymentError>
    ) {
        self.repository = repository
        self.clock = clock
        self.startedAt = startedAt
        self.version = version
        self.isWritable = isWritable
        self.makeSnapshot = makeSnapshot
        self.reload = reload
    }
}
