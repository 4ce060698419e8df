import JSON
import Payments

/// What the running service says of itself and of its callers, asked on the operator's socket.
struct ServiceFindings {
    let link: OperatorLink
    /// Who has the state open; nil for nobody.
    let holder: StoreHolder?

    func all() -> [Finding] {
        guard link.knowsSocket else {
            return [
                .unknown(
                    "service", "cannot be asked: the configuration names no operator's socket",
                    "Put one there: \"admin\": { \"socket\": \"/run/tollgate/admin.sock\" }; or say --admin-socket")
            ]
        }
        do {
            guard let answer = try link.get("/operator/status") else { return [absent] }
            guard answer["ready"]?.boolean ?? false else {
                return [
                    .wrong(
                        "service", "runs, but takes no new records: every purchase is answered with 503",
                        "Look: journalctl -u tollgate -n 20; is the disk full or read-only? It goes on when there "
                            + "is room, after a failed disk: systemctl restart tollgate")
                ]
            }
            return [.right("service", "answers, and takes records")] + clock(try link.page("/metrics"))
        } catch {
            let process = holder.map { " Process \($0.process) (\($0.name)) has the state: no other can start." } ?? ""
            return [
                .wrong(
                    "service", "cannot be asked: \(error)\(process)",
                    "Look: systemctl status tollgate; journalctl -u tollgate -n 20"
                        + (holder.map { "; ps -fp \($0.process)" } ?? ""))
            ]
        }
    }

    private var absent: Finding {
        if let holder {
            return .wrong(
                "service",
                "does not answer, while process \(holder.process) (\(holder.name)) has the state: no other can start "
                    + "beside it",
                "Look: ps -fp \(holder.process). If it is no Tollgate of yours that works, end it; then: systemctl "
                    + "restart tollgate")
        }
        return .wrong(
            "service", "does not run",
            "Start it: systemctl start tollgate; systemctl status tollgate says why when it does not start")
    }

    // MARK: The callers' clock

    /// Signatures of a sender whose clock, or ours, is off by an hour are all refused: nobody but the counters tells.
    private func clock(_ metrics: [UInt8]) -> [Finding] {
        let samples = ServiceFindings.samples(metrics)
        let refused = samples.filter {
            $0.name.hasPrefix("tollgate_auth_failures_total{") && $0.name.contains("outside 5 minutes")
        }.reduce(0) { $0 + $1.value }
        if refused > 0 {
            return [
                .warning(
                    "callers' clock",
                    "since its start the service refused \(Int64(exactly: refused) ?? .max) calls because their time "
                        + "was more than 5 minutes from ours",
                    "Compare date -u with the time elsewhere. If this clock is wrong: timedatectl set-ntp true; "
                        + "if it is right, the caller's is not")
            ]
        }
        // 0 to the millisecond is what it says before the first signature.
        guard let skew = samples.first(where: { $0.name == "tollgate_clock_skew_seconds" })?.value, skew != 0 else {
            return []
        }
        let text =
            "the last signature was \(Elapsed.text(Int64(exactly: (skew * 1000).rounded()) ?? .max)) "
            + (skew < 0 ? "ahead of our clock" : "behind our clock")
        guard abs(skew) > 60 else { return [.right("callers' clock", text)] }
        return [
            .warning(
                "callers' clock", "\(text); from 5 minutes on signatures are refused",
                "Compare: date -u, with the time of day elsewhere; timedatectl says whether this clock is kept right")
        ]
    }

    /// The lines `name{labels} value` of Prometheus's text.
    private static func samples(_ text: [UInt8]) -> [(name: Substring, value: Double)] {
        String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                return nil
            }
            return (line[..<space], value)
        }
    }
}
