import JSON

/// Stripe's answers as JSON.
enum StripeAnswer {
    /// Far more than any answer of Stripe's holds, a list of a hundred payments included.
    private static let limits = JSONLimits(depth: 16, nodes: 100_000, bytes: 1024 * 1024)

    /// The answer when it is one JSON object; nil for anything else, such as a gateway's HTML page.
    static func object(_ body: [UInt8]) -> JSONValue? {
        // Why it is none does not matter: the caller is told "cannot be used" either way.
        guard let document = try? JSONDocument(parsing: body, limits: limits), document.root.kind == .object else {
            return nil
        }
        return document.root
    }

    /// What Stripe says against the request, fit for the log; nil when it says nothing.
    ///
    /// - Parameter code: the organiser's code. A sentence that holds it is left out: spent or not, it is no business of
    ///   the log.
    static func refusal(in body: [UInt8], _ text: StripeText, hiding code: String) -> String? {
        guard let root = object(body), let fault = StripeFault(root) else { return nil }
        let (words, sentence) =
            switch fault {
            case .oauth(let code, let description): ([code], description)
            case .api(let fault): ([fault.type, fault.code].compactMap(\.self), fault.message)
            }
        guard let sentence, Array(sentence.utf8).firstRange(of: Array(code.utf8)) == nil else {
            return text.shown(words.joined(separator: ": "))
        }
        return text.shown((words + [sentence]).joined(separator: ": "))
    }
}
