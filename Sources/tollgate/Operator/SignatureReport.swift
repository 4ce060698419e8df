import API
import JSON
import Payments

/// What `verify-signature` says.
struct SignatureReport {
    let diagnosis: SignatureDiagnosis
    /// Whether a signature header was sent more than once.
    let isDoubled: Bool
    let hasHeader: Bool
    /// The names of the keys that were tried.
    let keyNames: [String]
    let now: Int64

    var isAccepted: Bool { diagnosis.isAccepted && !isDoubled }

    /// Why the service refuses the call, the likeliest reason first.
    var causes: [String] {
        var causes: [String] = []
        if isDoubled {
            causes.append("A signature header was sent twice, which is refused before anything is checked (400).")
        }
        if let match = diagnosis.match { return causes + match.causes }
        guard hasHeader else {
            return causes + ["There is neither an x-stash-hmac-signature nor a stash-hmac-signature header."]
        }
        guard diagnosis.scheme != nil else {
            return causes + ["The signature header does not hold 32 bytes in base64 (44 characters) or hexadecimal."]
        }
        let names = keyNames.map { "\"\(Printable.text($0))\"" }.joined(separator: ", ")
        return causes + [
            "No key made this signature. Tried were \(names) in every reading, over every usual form of the body "
                + "(\(diagnosis.attempts) combinations). Likeliest: it was made with another key (an older one, or "
                + "another shop's or environment's), or the body was changed or not copied whole."
        ]
    }

    var text: String {
        var lines = ["signature:   \(signature)"]
        if let match = diagnosis.match {
            let shop = match.shop.map { " of shop \($0.id) (\($0.environment.rawValue))" } ?? ""
            lines.append("key:         \"\(Printable.text(match.keyName))\"\(shop), read as \(match.reading)")
        }
        lines.append("verdict:     \(isAccepted ? "accepted" : "refused")")
        for cause in causes { lines.append("cause:       \(Printable.text(cause))") }
        for note in diagnosis.match?.notes ?? [] { lines.append("note:        \(note)") }
        return lines.joined(separator: "\n")
    }

    private var signature: String {
        guard let scheme = diagnosis.scheme else { return hasHeader ? "unreadable" : "none" }
        var parts = [scheme.rawValue]
        if let shop = diagnosis.namedShop { parts.append("shop \(Printable.text(shop))") }
        if let timestamp = diagnosis.timestamp { parts.append("made \(time(timestamp))") }
        return parts.joined(separator: ", ")
    }

    /// The time, and how far from the clock it is.
    private func time(_ timestamp: Int64) -> String {
        let (skew, overflow) = now.subtractingReportingOverflow(timestamp)
        guard !overflow, (0...253_402_300_799_999).contains(timestamp) else { return "at no usable time" }
        return "\(Moment.exactText(timestamp)), \(Elapsed.text(skew)) \(skew < 0 ? "ahead of" : "behind") the clock"
    }

    var json: [UInt8] {
        var writer = JSONWriter(reserving: 1024)
        writer.beginObject()
        writer.member("accepted", isAccepted)
        if let scheme = diagnosis.scheme { writer.member("scheme", scheme.rawValue) }
        if let shop = diagnosis.namedShop { writer.member("namedShop", shop) }
        if let timestamp = diagnosis.timestamp { writer.member("timestamp", timestamp) }
        if let match = diagnosis.match {
            writer.member("key", match.keyName)
            writer.member("reading", match.reading)
            if let shop = match.shop {
                writer.member("shop", shop.id.text)
                writer.member("environment", shop.environment.rawValue)
            }
        }
        for (name, texts) in [("causes", causes), ("notes", diagnosis.match?.notes ?? [])] {
            writer.name(name)
            writer.beginArray()
            for text in texts { writer.string(text) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }
}
