import JSON
import Payments
import Storage

/// What `tollgate status` says, and how bad it is.
struct StatusReport {
    /// What the running service said of itself.
    struct ServiceState {
        let startedAt: Int64
        let version: String
        let isReady: Bool
    }

    /// As monitoring systems count: 0, 1 and 2 are also the exit codes.
    enum Severity: Int32, Comparable {
        case fine = 0
        case warning = 1
        case critical = 2

        static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }

        var word: String {
            switch self {
            case .fine: "OK"
            case .warning: "WARNING"
            case .critical: "CRITICAL"
            }
        }
    }

    private static let verificationAgeMilliseconds: Int64 = 8 * 86_400_000

    let folder: String
    /// nil when no service answers.
    let service: ServiceState?
    /// Why the service could not be asked.
    let serviceFault: String?
    /// nil when the state cannot be read.
    let figures: StateFigures?
    let stateFault: String?
    let now: Int64

    var severity: Severity { findings.map(\.severity).max() ?? .fine }

    /// What somebody should look at, the worst first.
    var findings: [(severity: Severity, text: String)] {
        var found: [(severity: Severity, text: String)] = []
        if let serviceFault { found.append((.critical, serviceFault)) }
        if let service, !service.isReady {
            found.append((.critical, "The store takes no new records; see: tollgate doctor"))
        }
        if service == nil, serviceFault == nil { found.append((.critical, "The service is not running.")) }
        if let stateFault { found.append((.critical, stateFault)) }
        guard let figures else { return found }
        if let fault = figures.verification?.fault {
            found.append((.critical, "The last verification found a fault: \(Printable.text(fault))"))
        } else if let verification = figures.verification,
            now - verification.at > StatusReport.verificationAgeMilliseconds
        {
            found.append((.warning, "The last verification is old; run: tollgate verify --record"))
        }
        let open = [
            (figures.unknownPayments, "payments with an unknown outcome; see: tollgate authorizations list"),
            (figures.unknownExchanges, "Stripe connections with an unknown outcome; see: tollgate stripe list"),
            (figures.deadDeliveries, "notifications that were given up; see: tollgate deliveries list"),
        ]
        for (count, what) in open where count > 0 { found.append((.warning, "\(count) \(what)")) }
        return found.sorted { $0.severity > $1.severity }
    }

    // MARK: Text

    var text: String {
        var lines = [line("status", severity.word)]
        lines += findings.map { line("", $0.text) }
        if let service {
            let age = Elapsed.text(now - service.startedAt)
            let state = service.isReady ? "ready" : "not ready"
            let version = Printable.text(service.version)
            lines.append(
                line("service", "\(state), up \(age) since \(Moment.text(service.startedAt)), version \(version)"))
        } else {
            lines.append(line("service", "not running"))
        }
        guard let figures else { return lines.joined(separator: "\n") }
        let size = figures.size
        lines.append(
            line(
                "state",
                "\(folder), \(StatusReport.mebibytes(size.bytes)) in \(size.segments) segments and "
                    + "\(size.snapshots) snapshots, last record \(figures.lastSequence)"))
        for environment in PaymentEnvironment.allCases {
            if let day = figures.days[environment] {
                lines.append(line("today", "\(environment.rawValue): \(StatusReport.summary(day))"))
            }
        }
        if figures.days.isEmpty { lines.append(line("today", "no purchases")) }
        lines.append(
            line(
                "unknown",
                "\(figures.unknownPayments) payments, \(figures.unknownExchanges) Stripe connections; "
                    + "\(figures.deadDeliveries) notifications given up"))
        lines.append(line("verified", verified(figures)))
        return lines.joined(separator: "\n")
    }

    private func line(_ name: String, _ value: String) -> String {
        "\((name.isEmpty ? "" : name + ":").padded(to: 11))\(value)"
    }

    private static func summary(_ day: StateFigures.Day) -> String {
        let counts = PurchaseStatus.allCases.compactMap { status in
            day.counts[status].map { "\($0) \(status.rawValue)" }
        }
        let revenue = day.revenue.sorted { $0.currency < $1.currency }.map { "\($0.minorUnits) \($0.currency)" }
        return (counts + (revenue.isEmpty ? [] : ["revenue \(revenue.joined(separator: " + ")) in minor units"]))
            .joined(separator: ", ")
    }

    private func verified(_ figures: StateFigures) -> String {
        guard let verification = figures.verification else { return "not recorded yet (tollgate verify --record)" }
        let verdict = verification.fault == nil ? "right" : "faulty"
        let age = Elapsed.text(now - verification.at)
        return "\(Moment.text(verification.at)) (\(age) ago), \(verdict) up to record \(verification.lastSequence)"
    }

    private static func mebibytes(_ bytes: Int) -> String {
        "\(bytes >> 20).\((bytes >> 10) % 1024 * 10 / 1024) MiB"
    }
}
