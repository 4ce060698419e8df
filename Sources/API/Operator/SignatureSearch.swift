import Crypto
import Payments

/// Tries every key in every reading over every text, and keeps the combination with the fewest differences from what
/// the service accepts.
struct SignatureSearch {
    /// Whether the v1 header was sent: the service then looks at no other.
    let hasV1Header: Bool
    /// Milliseconds since the Unix epoch.
    let now: Int64
    private(set) var best: SignatureDiagnosis.Match?
    private(set) var attempts = 0

    init(hasV1Header: Bool, now: Int64) {
        self.hasV1Header = hasV1Header
        self.now = now
    }

    /// What may have been signed before the body, and the mix-up it would be.
    private struct Prefix {
        let bytes: [UInt8]
        var mixUp: String?
    }

    mutating func look(
        _ claim: SignatureClaim, _ candidate: SignatureCandidate, _ texts: [SignedText], others: [SignatureClaim]
    ) {
        for prefix in SignatureSearch.prefixes(claim, others) {
            for reading in candidate.readings {
                for text in texts {
                    attempts += 1
                    let code = reading.key.authenticationCode(prefix: prefix.bytes, message: text.bytes)
                    if code.elementsEqual(claim.code) { keep(claim, candidate, reading, text, prefix) }
                }
            }
        }
    }

    private mutating func keep(
        _ claim: SignatureClaim, _ candidate: SignatureCandidate, _ reading: SignatureCandidate.Reading,
        _ text: SignedText, _ prefix: Prefix
    ) {
        var causes = claim.faults.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }
        causes += [prefix.mixUp, keyCause(candidate, reading), textCause(text)].compactMap(\.self)
        causes += [validityCause(candidate), shopCause(claim, candidate), clockCause(claim), orderCause(claim)]
            .compactMap(\.self)
        if let best, best.causes.count <= causes.count { return }
        let note = text.difference.map { "The signature is over the body \($0)." }
        best = SignatureDiagnosis.Match(
            keyName: candidate.name, shop: candidate.shop, reading: reading.name, causes: causes,
            notes: text.isAccepted ? [note].compactMap(\.self) : [])
    }

    private static func prefixes(_ claim: SignatureClaim, _ others: [SignatureClaim]) -> [Prefix] {
        guard let time = claim.time ?? others.compactMap(\.time).first else { return [Prefix(bytes: [])] }
        let right = Array("\(time.text).".utf8)
        guard claim.scheme == .v1 else {
            let mixUp = "The older header holds what belongs into the v1 header: a signature over time and body."
            return [Prefix(bytes: []), Prefix(bytes: right, mixUp: mixUp)]
        }
        return [
            Prefix(bytes: right),
            Prefix(
                bytes: [],
                mixUp: "The signature is over the body alone, as in the older scheme; v1 signs {milliseconds}.{body}."),
            Prefix(
                bytes: Array(time.text.utf8),
                mixUp: "The dot between time and body was not signed; v1 signs {milliseconds}.{body}."),
            Prefix(
                bytes: Array("\(time.milliseconds / 1000).".utf8),
                mixUp: "The time was signed in seconds and sent in milliseconds."),
        ]
    }

    // MARK: Causes

    private func keyCause(_ candidate: SignatureCandidate, _ reading: SignatureCandidate.Reading) -> String? {
        if reading.isConfigured { return nil }
        guard candidate.isForSigning else {
            return "\"\(candidate.name)\" is a purchase key; calls are signed with an egress key."
        }
        return "The key's text was read as \(reading.name), and \"\(candidate.name)\" is configured otherwise. "
            + "If that is how your sender reads it, set its \"reading\"."
    }

    private func validityCause(_ candidate: SignatureCandidate) -> String? {
        guard let fault = candidate.validity.fault(at: now) else { return nil }
        return
            "The signature is right, and \"\(candidate.name)\" is not accepted at that time: \(fault). See its validFrom "
            + "and validUntil in the configuration."
    }

    private func textCause(_ text: SignedText) -> String? {
        guard !text.isAccepted, let difference = text.difference else { return nil }
        return "The signature is over the body \(difference): something on the way wrote it anew, or the sender signed "
            + "another text than it sent. The exact bytes must be signed and sent."
    }

    private func shopCause(_ claim: SignatureClaim, _ candidate: SignatureCandidate) -> String? {
        guard let shop = candidate.shop else { return nil }
        if claim.scheme == .legacy, !candidate.acceptsLegacySignature {
            return "The shop \(shop.id) does not accept the older signature (\"legacySignature\": false)."
        }
        guard let named = claim.shop, !named.hasSameBytes(as: shop.id.text) else { return nil }
        return "The header names the shop \(named), and the key belongs to \(shop.id)."
    }

    private func clockCause(_ claim: SignatureClaim) -> String? {
        guard let time = claim.time else { return nil }
        let (skew, overflow) = now.subtractingReportingOverflow(time.milliseconds)
        guard overflow || skew.magnitude > StashSignature.windowMilliseconds.magnitude else { return nil }
        // 1973 in milliseconds, 5138 in seconds.
        if (0..<100_000_000_000).contains(time.milliseconds) {
            return "The time \(time.text) is in seconds; v1 wants milliseconds since 1970."
        }
        let side = skew < 0 ? "ahead of" : "behind"
        return
            "The time is \(skew.magnitude / 60_000) minutes \(side) the clock it is judged by; 5 minutes are allowed. "
            + "If this call was made just now, one of the two clocks is wrong. If it was recorded earlier, judge it by "
            + "its own time."
    }

    private func orderCause(_ claim: SignatureClaim) -> String? {
        guard hasV1Header, claim.scheme == .legacy, claim.faults.isEmpty else { return nil }
        return "Only the older signature is right. With x-stash-hmac-signature present it is not looked at: it would "
            + "give up v1's freshness."
    }
}
