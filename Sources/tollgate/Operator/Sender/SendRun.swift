import FastCGI
import Payments
import Synchronization

/// Makes the calls of a plan over several connections at once, and counts what becomes of them.
final class SendRun: Sendable {
    private struct State {
        var nextJob = 0
        var summary = SendSummary()
        var running = 0
    }

    private let plan: SendPlan
    private let target: SendTarget
    private let state = Mutex(State())

    init(_ plan: SendPlan, to target: SendTarget) {
        self.plan = plan
        self.target = target
    }

    /// Returns when every call was answered or has failed.
    ///
    /// - Parameters:
    ///   - connections: how many callers work at the same time.
    ///   - onProgress: called often with how many calls are done, and how many of them went unexpectedly.
    func finish(connections: Int, onProgress: (_ done: Int, _ unexpected: Int) -> Void) throws -> SendSummary {
        let started = MonotonicClock.nanoseconds
        let threads = max(1, min(connections, plan.jobs.count))
        state.withLock { $0.running = threads }
        let callers = try (0..<threads).map { try ServerThread(name: "send-\($0)") { self.work() } }
        while true {
            let (running, done, unexpected) = state.withLock { ($0.running, $0.summary.calls, $0.summary.unexpected) }
            onProgress(done, unexpected)
            if running == 0 { break }
            Pause.milliseconds(20)
        }
        for caller in callers { caller.join() }
        var summary = state.withLock { $0.summary }
        summary.elapsedMicroseconds = Int64((MonotonicClock.nanoseconds - started) / 1000)
        return summary
    }

    private func work() {
        defer { state.withLock { $0.running -= 1 } }
        do throws(CommandFailure) {
            let connection = try SendConnection(
                authorities: target.authorities, timeoutMilliseconds: target.timeoutMilliseconds)
            while let job = takeJob() {
                var first: [UInt8]?
                for call in job { first = make(call, over: connection, after: first) }
            }
        } catch {
            state.withLock { $0.summary.add(SendOutcome(failure: error.description), surprise: error.description) }
        }
    }

    private func takeJob() -> [SendPlan.Call]? {
        state.withLock { state in
            guard state.nextJob < plan.jobs.count else { return nil }
            defer { state.nextJob += 1 }
            return plan.jobs[state.nextJob]
        }
    }

    /// - Parameter first: the answer to the same call before, which a repetition must get again.
    /// - Returns: this call's answer; nil when there was none.
    private func make(
        _ call: SendPlan.Call, over connection: SendConnection, after first: [UInt8]?
    ) -> [UInt8]? {
        let now = Clock.system.milliseconds()
        let body = call.purchase.body(call.operation, now: now)
        guard let signer = target.signers[call.operation] else { return nil }
        // 10 to 40 characters (contracts: authorization, section 1.4), and of a long id the part that differs.
        let idempotencyKey = String("tollgate-send-\(call.purchase.transaction)".suffix(40))
        let headers = signer.headers(call.operation, body: body, idempotencyKey: idempotencyKey, now: now)
        do throws(CommandFailure) {
            let url = target.url(call.operation, player: call.purchase.player)
            let answer = try connection.send(call.operation.method, url, headers: headers, body: body)
            let outcome = SendOutcome(call.operation, status: answer.status, body: answer.body)
            var surprise = plan.expects(outcome, of: call) ? nil : describe(call, outcome, answer.body)
            // A cancel's second answer says that it was cancelled already.
            if surprise == nil, call.isRepeat, !plan.isReordered, call.operation != .cancel, first != answer.body {
                surprise = describe(call, outcome, answer.body) + " (not the answer it got the first time)"
            }
            state.withLock { $0.summary.add(call.operation, outcome, answer.microseconds, surprise: surprise) }
            return answer.body
        } catch {
            let outcome = SendOutcome(failure: error.description)
            let surprise = describe(call, outcome, [])
            state.withLock { $0.summary.add(call.operation, outcome, nil, surprise: surprise) }
            return nil
        }
    }

    private func describe(_ call: SendPlan.Call, _ outcome: SendOutcome, _ body: [UInt8]) -> String {
        let text = Printable.text(String(String(decoding: body, as: UTF8.self).prefix(200)))
        return "\(call.operation.rawValue) \(call.purchase.transaction): \(outcome.label) \(text)"
    }
}
