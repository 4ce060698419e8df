import Glibc
import Logging

/// One line for each call to Stripe: what Stripe's support asks for, and nothing secret. Bodies are never logged.
struct StripeLog: Sendable {
    private let logger: Logger

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// - Parameters:
    ///   - operation: such as `oauth/token`.
    ///   - account: shown by its last four characters, which tell accounts apart for whoever knows them.
    ///   - result: what the caller is told, in one word.
    ///   - started: of `milliseconds`.
    func write(
        _ operation: StaticString, _ outcome: HTTPOutcome, account: String?, result: String, started: Int64
    ) {
        var metadata: Logger.Metadata = [
            "operation": "\(operation)", "result": "\(result)",
            "milliseconds": "\(max(0, StripeLog.milliseconds - started))",
        ]
        if let account { metadata["account"] = "acct_…\(account.suffix(4))" }
        switch outcome {
        case .answered(let answer):
            metadata["status"] = "\(answer.status)"
            if let requestID = answer.requestID { metadata["request"] = "\(requestID)" }
            if answer.isReplayed { metadata["replayed"] = "true" }
            let level: Logger.Level = (200..<300).contains(answer.status) ? .info : .warning
            logger.log(level: level, "Stripe answered", metadata: metadata)
        case .neverSent(let reason):
            metadata["reason"] = "\(reason)"
            logger.warning("Stripe was not reached; nothing was sent", metadata: metadata)
        case .maybeSent(let failure, let reason):
            metadata["failure"] = "\(failure.rawValue)"
            metadata["reason"] = "\(reason)"
            logger.error("Stripe gave no usable answer; what it did is unknown", metadata: metadata)
        }
    }

    /// Why Stripe refused, already made fit to be shown.
    func write(refusal: String, of operation: StaticString) {
        logger.warning("Stripe refused", metadata: ["operation": "\(operation)", "text": "\(refusal)"])
    }

    /// Time that only goes forward.
    static var milliseconds: Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000
    }
}
