import API
import JSON
import Payments
import Stripe

/// A signed call to ourselves by the way Stash's come: name, TLS, nginx, socket, headers, signature and clock.
///
/// Its body is no JSON. So it is refused after it was authenticated: nothing is recorded, and the key does not count as
/// used.
struct OwnRequest {
    let url: BaseURL
    /// A PEM file of the authority to believe instead of the system's.
    let authorities: String?
    let configuration: Configuration

    private static let subject = "own request"
    private static let body = Array("tollgate doctor: no JSON, to be refused once it was authenticated".utf8)
    private static let timeoutMilliseconds = 15_000

    /// One for each shop.
    func all() -> [Finding] {
        let findings = configuration.shops.map(ask)
        if findings.isEmpty {
            return [.unknown(OwnRequest.subject, "there is no shop to sign for", "Add one to the configuration")]
        }
        return findings
    }

    private func ask(_ shop: ShopKeys) -> Finding {
        let operation = shop.egressKeys.isEmpty ? SendOperation.purchase : .register
        let name = "\(shop.shop.id) (\(shop.shop.environment.rawValue))"
        guard
            let (key, signer) = SendSigner.configured(shop, isPurchase: operation == .purchase, configuration)
        else {
            return .wrong(
                OwnRequest.subject, "shop \(name) has no key that is valid now: all its calls are refused",
                "Look: tollgate keys list; then add a key and: systemctl reload tollgate")
        }
        let target = SendTarget(
            base: url.text, paths: configuration.paths, signers: [operation: signer], authorities: authorities,
            timeoutMilliseconds: OwnRequest.timeoutMilliseconds)
        let headers = signer.headers(
            operation, body: OwnRequest.body, idempotencyKey: "", now: Clock.system.milliseconds())
        let address = target.url(operation, player: "doctor")
        let sent = "\(operation.rawValue) of shop \(name) with key \"\(Printable.text(key))\" to \(address)"
        do throws(CommandFailure) {
            let connection = try SendConnection(
                authorities: authorities, timeoutMilliseconds: OwnRequest.timeoutMilliseconds, purpose: "doctor")
            return OwnRequest.judge(
                try connection.send("POST", address, headers: headers, body: OwnRequest.body), operation, sent)
        } catch {
            return .wrong(
                OwnRequest.subject, "no answer to the \(sent): \(error.description)",
                "Look: curl -v \(url.text)/ says whether it is the name, the port or the certificate; --cacert FILE "
                    + "believes one of your own making")
        }
    }

    // MARK: The answer

    /// - Parameter sent: what was sent and where, for the sentence.
    static func judge(_ answer: SendConnection.Answer, _ operation: SendOperation, _ sent: String) -> Finding {
        let isOurs = isOurs(answer, operation)
        switch answer.status {
        case 400 where isOurs:
            return .right(
                subject,
                "\(sent): authenticated, and refused for its body as it should be, after "
                    + "\(answer.microseconds / 1000) ms; name, TLS, nginx, headers, signature and clock are right")
        case 401 where isOurs: return .wrong(subject, "\(sent): 401, \(unknownCaller.found)", unknownCaller.advice)
        case 300...399:
            return .wrong(
                subject, "\(sent): \(answer.status), a redirection, which Stash takes for a failure",
                "Name the address it redirects to in Stash Studio, or take the redirection away from these paths")
        case let status:
            let words = advice(status)
            return .wrong(
                subject, "\(sent): \(status)\(isOurs ? "" : ", not from Tollgate"); \(words.found)", words.advice)
        }
    }

    private static let unknownCaller = (
        found: "the service does not know this key, or what it signs arrived changed",
        advice:
            "journalctl -u tollgate -n 20 has the reason. \"Signature matches no key\": put the new secret in force "
            + "(systemctl reload tollgate), or look who changes body or headers on the way. \"Outside 5 minutes\": "
            + "set the clock"
    )

    private static func advice(_ status: Int) -> (found: String, advice: String) {
        switch status {
        case 400: ("somebody on the way refuses it", "Is that nginx's TLS port? Look: tail /var/log/nginx/error.log")
        case 401, 403:
            (
                "somebody on the way wants another proof, or keeps strangers out",
                "Take auth_basic, auth_request, allow and deny away from Tollgate's locations"
            )
        case 404, 405:
            (
                "nothing passes these calls on",
                "Write `include snippets/tollgate.conf;` into the server block of that name; with paths of your own, "
                    + "their locations too: nginx -T | grep -n location"
            )
        case 413: ("nginx does not let bodies through", "Raise client_max_body_size to 64k in Tollgate's locations")
        case 429: ("too many calls from here", "Wait a minute; or raise the rate of limit_req for this address")
        case 502, 503, 504:
            (
                "nginx does not reach the service, or it cannot record",
                "Look: systemctl status tollgate; journalctl -u tollgate -n 20; tail /var/log/nginx/error.log"
            )
        default:
            (
                "that is no answer of a purchase route",
                "Look: tail /var/log/nginx/error.log; journalctl -u tollgate -n 20"
            )
        }
    }

    /// Whether it is in the words of the route's error family.
    private static func isOurs(_ answer: SendConnection.Answer, _ operation: SendOperation) -> Bool {
        // What is no JSON is a page of somebody else.
        guard let root = (try? JSONDocument(parsing: answer.body))?.root else { return false }
        return operation == .purchase ? root["error"]?.string != nil : root["code"]?.integer != nil
    }
}
