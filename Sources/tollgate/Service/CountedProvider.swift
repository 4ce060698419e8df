import API
import Payments

/// A provider whose answers, and the money they move, are counted.
struct CountedProvider: PaymentProvider {
    let provider: any PaymentProvider
    /// What the metrics call it.
    let name: String
    let registry: MetricsRegistry
    let amounts: AmountMetrics

    func authorize(_ operation: ProviderOperation) -> ProviderOutcome {
        counted(operation, provider.authorize(operation))
    }

    func preauthorize(_ operation: ProviderOperation) -> ProviderOutcome {
        counted(operation, provider.preauthorize(operation))
    }

    func capture(_ operation: ProviderOperation) -> ProviderOutcome {
        counted(operation, provider.capture(operation))
    }

    func reverse(_ operation: ProviderOperation) -> ProviderOutcome {
        counted(operation, provider.reverse(operation))
    }

    func refund(_ operation: ProviderOperation) -> ProviderOutcome {
        counted(operation, provider.refund(operation))
    }

    func lookUp(_ operation: ProviderOperation) -> ProviderFinding {
        let finding = provider.lookUp(operation)
        registry.count(call: name, finding.metricsName)
        return finding
    }

    private func counted(_ operation: ProviderOperation, _ outcome: ProviderOutcome) -> ProviderOutcome {
        registry.count(call: name, outcome.metricsName)
        if case .approved = outcome {
            amounts.add(
                operation.amount.minorUnits, currency: operation.amount.currency.uppercased(),
                environment: operation.mode == .live ? "PRODUCTION" : "TEST", result: operation.action.rawValue)
        }
        return outcome
    }
}

/// Stripe Connect, its answers counted.
struct CountedConnect: StripeConnect {
    let connect: any StripeConnect
    let registry: MetricsRegistry

    func exchange(code: String) -> StripeExchange {
        let exchange = connect.exchange(code: code)
        registry.count(call: "STRIPE_CONNECT", exchange.metricsName)
        return exchange
    }

    func deauthorize(account: StripeAccountID) -> StripeDeauthorization {
        let answer = connect.deauthorize(account: account)
        if case .done = answer {
            registry.count(call: "STRIPE_CONNECT", "approved")
        } else {
            registry.count(call: "STRIPE_CONNECT", "failed")
        }
        return answer
    }
}

extension MetricsRegistry {
    fileprivate func count(call provider: String, _ result: String) {
        count(.providerRequests, [("psp", provider), ("result", result)])
    }
}

extension ProviderOutcome {
    fileprivate var metricsName: String {
        switch self {
        case .approved: "approved"
        case .declined, .lapsed: "declined"
        case .pending: "pending"
        case .failed, .connectionLost: "failed"
        case .unknown: "unknown"
        }
    }
}

extension ProviderFinding {
    fileprivate var metricsName: String {
        switch self {
        case .approved: "approved"
        case .declined, .lapsed: "declined"
        case .pending: "pending"
        case .absent: "absent"
        case .unknown: "unknown"
        }
    }
}

extension StripeExchange {
    fileprivate var metricsName: String {
        switch self {
        case .connected: "approved"
        case .refused: "declined"
        case .platformRefused, .tooManyAttempts, .unreachable: "failed"
        case .timedOut, .unusableAnswer: "unknown"
        }
    }
}
