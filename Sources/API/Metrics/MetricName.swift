/// Every metric of ours, with what Prometheus is told about it. docs/metrics.md lists the same; a test compares.
///
/// Base units, `_total` for counters, and never an id in a label: players and transactions are without number.
package enum MetricName: String, CaseIterable, Sendable {
    case requests = "tollgate_requests_total"
    case requestDuration = "tollgate_request_duration_seconds"
    case decisions = "tollgate_decisions_total"
    case duplicates = "tollgate_duplicates_total"
    case authenticationFailures = "tollgate_auth_failures_total"
    case signatureSchemes = "tollgate_signature_scheme_total"
    case clockSkew = "tollgate_clock_skew_seconds"
    case reservations = "tollgate_reservations"
    case pendingGrants = "tollgate_grants_pending"
    case oldestGrant = "tollgate_grants_oldest_seconds"
    case grantAttempts = "tollgate_grant_attempts_total"
    case deadLetters = "tollgate_dead_letters"
    case providerRequests = "tollgate_psp_requests_total"
    case providerUnknown = "tollgate_psp_unknown"
    case amounts = "tollgate_amount_minor_units_total"
    case lastVerification = "tollgate_last_verify_timestamp_seconds"
    case syncDuration = "tollgate_fsync_seconds"
    case journalBytes = "tollgate_journal_bytes"
    case heldAnswers = "tollgate_answers_held"
    case reloadSuccess = "tollgate_config_reload_success"
    case reloadTime = "tollgate_config_last_reload_timestamp_seconds"
    case keyExpires = "tollgate_key_expires_timestamp_seconds"
    case redactedCardNumbers = "tollgate_redacted_card_numbers_total"
    case buildInfo = "tollgate_build_info"
    case processCPU = "process_cpu_seconds_total"
    case processResident = "process_resident_memory_bytes"
    case processVirtual = "process_virtual_memory_bytes"
    case processDescriptors = "process_open_fds"
    case processDescriptorLimit = "process_max_fds"
    case processStart = "process_start_time_seconds"

    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    package var kind: Kind {
        switch self {
        case .requests, .decisions, .duplicates, .authenticationFailures, .signatureSchemes, .redactedCardNumbers,
            .grantAttempts, .providerRequests, .amounts, .processCPU:
            .counter
        case .requestDuration, .syncDuration: .histogram
        case .reservations, .pendingGrants, .oldestGrant, .deadLetters, .providerUnknown, .lastVerification, .clockSkew,
            .journalBytes, .heldAnswers, .reloadSuccess, .reloadTime, .keyExpires, .buildInfo,
            .processResident, .processVirtual, .processDescriptors, .processDescriptorLimit, .processStart:
            .gauge
        }
    }

    package var help: StaticString {
        switch self {
        case .requests: "Requests answered."
        case .requestDuration: "From the first byte read to the answer sent; the wait for the disk is in it."
        case .decisions: "What requests of a shop were answered, once the record was durable."
        case .duplicates: "Requests about a transaction that was decided before: same content, or in conflict."
        case .authenticationFailures: "Callers that were not believed."
        case .signatureSchemes: "Callers that were believed, by how they proved who they are."
        case .clockSkew: "Our clock minus the sender's, in the last signature that was accepted."
        case .reservations: "Registrations that hold, of those made since the start."
        case .pendingGrants: "Notifications to merchants that wait to be delivered."
        case .oldestGrant: "Age of the oldest notification that waits; 0 when none does."
        case .grantAttempts: "Attempts to deliver a notification."
        case .deadLetters: "Notifications given up since the start, and not tried again."
        case .providerRequests: "Calls to payment service providers, by how they ended."
        case .providerUnknown: "Calls to payment service providers whose outcome nobody knows."
        case .amounts: "Money in the currency's smallest unit."
        case .lastVerification: "When the whole state was read last, and found right."
        case .syncDuration: "One write of the journal, made durable."
        case .journalBytes: "Size of the journal's segments and snapshots on disk."
        case .heldAnswers: "Answers that wait for the journal."
        case .reloadSuccess: "Whether the last reload put its configuration in force."
        case .reloadTime: "When the configuration in force was put there."
        case .keyExpires: "When a key ends, for keys with an end."
        case .redactedCardNumbers: "Card numbers taken out of free texts that merchants sent."
        case .buildInfo: "1; the version and the compiler are in the labels."
        case .processCPU: "User and system time spent."
        case .processResident: "Resident memory."
        case .processVirtual: "Virtual memory."
        case .processDescriptors: "Open file descriptors."
        case .processDescriptorLimit: "Limit of open file descriptors."
        case .processStart: "When the process started."
        }
    }

    /// The upper bounds of a histogram's buckets, in nanoseconds, ascending.
    static func bounds(of label: String) -> [Int64] {
        switch MetricName(rawValue: label) {
        // A disk is judged by its tenths of a millisecond.
        case .syncDuration:
            [100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000]
                + [100_000_000, 250_000_000, 1_000_000_000]
        default:
            [5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000, 1_000_000_000]
                + [2_500_000_000, 5_000_000_000]
        }
    }
}
