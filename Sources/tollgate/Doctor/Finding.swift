import JSON

/// One thing the doctor looked at: what it found and, when that is not right, what to do.
struct Finding: Equatable {
    enum Verdict: String {
        case right, warning, wrong
        /// It could not be looked at; `found` says why.
        case unknown
    }

    /// What was looked at, in two or three words.
    let subject: String
    let verdict: Verdict
    let found: String
    /// What to do about it.
    let advice: String?

    private init(_ subject: String, _ verdict: Verdict, _ found: String, _ advice: String?) {
        self.subject = subject
        self.verdict = verdict
        self.found = found
        self.advice = advice
    }

    static func right(_ subject: String, _ found: String) -> Finding {
        Finding(subject, .right, found, nil)
    }

    static func warning(_ subject: String, _ found: String, _ advice: String) -> Finding {
        Finding(subject, .warning, found, advice)
    }

    static func wrong(_ subject: String, _ found: String, _ advice: String) -> Finding {
        Finding(subject, .wrong, found, advice)
    }

    static func unknown(_ subject: String, _ found: String, _ advice: String) -> Finding {
        Finding(subject, .unknown, found, advice)
    }

    /// `[ok] clock: synchronised`, and the advice below it.
    var text: String {
        let mark =
            switch verdict {
            case .right: "ok"
            case .warning: "warning"
            case .wrong: "WRONG"
            case .unknown: "unknown"
            }
        let line = "[\(mark)] \(subject): \(found)"
        guard let advice else { return line }
        return "\(line)\n    → \(advice)"
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("subject", subject)
        writer.member("verdict", verdict.rawValue)
        writer.member("found", found)
        if let advice { writer.member("advice", advice) }
        writer.endObject()
    }
}
