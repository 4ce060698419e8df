import JSON
package import Logging
package import Payments

/// Stripe Connect's OAuth over the network (contracts: Stripe authorization, sections 3.3 to 3.6).
///
/// Each call is made once. Nothing here repeats a request, whatever happens.
package struct StripeClient: StripeConnect {
    private let configuration: StripeConfiguration
    private let http: HTTPClient
    private let text: StripeText
    private let log: StripeLog

    package init(_ configuration: StripeConfiguration, logger: Logger) {
        self.configuration = configuration
        http = HTTPClient(configuration.http)
        text = StripeText(hiding: configuration.key)
        log = StripeLog(logger)
    }

    // MARK: Exchange

    package func exchange(code: String) -> StripeExchange {
        let form = Form()
        form.add("client_secret", configuration.key.bytes)
        form.add("code", code)
        form.add("grant_type", "authorization_code")
        let started = StripeLog.milliseconds
        let outcome = http.send(HTTPRequest(.post(form), configuration.connectBase, "/oauth/token"))
        let exchange = StripeExchange(outcome, text: text, mode: configuration.mode)
        log.write(
            "oauth/token", outcome, account: exchange.account, result: exchange.word, started: started)
        if case .answered(let answer) = outcome, let refusal = StripeAnswer.refusal(in: answer.body, text, hiding: code)
        {
            log.write(refusal: refusal, of: "oauth/token")
        }
        return exchange
    }

    // MARK: Deauthorize

    package func deauthorize(account: StripeAccountID) -> StripeDeauthorization {
        guard Name.isValid(account.text, prefix: "acct_") else { return .failed("This is no account id of Stripe's.") }
        let form = Form()
        form.add("client_id", configuration.clientID)
        form.add("stripe_user_id", account.text)
        var request = HTTPRequest(.post(form), configuration.connectBase, "/oauth/deauthorize")
        request.add(header: "Authorization", Array("Bearer ".utf8) + configuration.key.bytes)
        let started = StripeLog.milliseconds
        let outcome = http.send(request)
        let result = deauthorization(of: account, outcome)
        let word =
            switch result {
            case .done: "done"
            case .failed: "failed"
            }
        log.write("oauth/deauthorize", outcome, account: account.text, result: word, started: started)
        return result
    }

    private func deauthorization(of account: StripeAccountID, _ outcome: HTTPOutcome) -> StripeDeauthorization {
        switch outcome {
        case .neverSent: return .failed("Stripe could not be reached.")
        case .maybeSent(.timedOut, _): return .failed("Stripe did not answer in time.")
        case .maybeSent: return .failed("Stripe's answer cannot be used.")
        case .answered(let answer):
            guard let root = StripeAnswer.object(answer.body) else { return .failed("Stripe's answer cannot be used.") }
            switch StripeFault(root) {
            case .none:
                let isDone = (200..<300).contains(answer.status) && root["stripe_user_id"]?.equals(account.text) == true
                return isDone ? .done : .failed("Stripe's answer cannot be used.")
            case .oauth("invalid_client", let description?) where description.contains("not connected"):
                return .done
            case .oauth(let code, let description): return .failed(text.shown(description ?? code))
            case .api(let fault): return .failed(text.shown(fault.message ?? fault.type ?? "Stripe refused."))
            }
        }
    }
}
