import FastCGI
import Foundation
import Logging
import Payments
import Synchronization
import Testing

@testable import API

@Suite struct `The reload route` {
    private final class Seen: Sendable {
        let offers = Mutex<[ReloadOffer]>([])

        var first: ReloadOffer? { offers.withLock { $0.first } }
    }

    private let seen = Seen()

    private func send(_ body: String, refusing sentence: String? = nil) throws -> Answer {
        let answer: Result<ReloadReport, PaymentError> =
            sentence.map { .failure(PaymentError(.invalid, $0)) }
            ?? .success(ReloadReport(summary: "2 shops", warnings: ["look"]))
        let seen = seen
        let endpoints = OperatorEndpoints.make { offer in
            seen.offers.withLock { $0.append(offer) }
            return answer
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let router = Router(
            routes: [.operatorPost("/operator/reload", lane: .blocking, endpoints.reload)],
            authentication: Authentication(shops: [], users: nil, merchants: nil, clock: Clock { 0 }, logger: logger),
            registry: MetricsRegistry(),
            logger: logger)
        let request = try Request.make("/operator/reload", Array(body.utf8), listener: .admin)
        guard case .blocking(let respond) = router.handle(request) else {
            Issue.record("it waits for the main thread, so it must not run on a worker")
            return Answer(status: 0, body: "")
        }
        return Answer(respond())
    }

    @Test func `an empty object asks for what the service finds itself`() throws {
        #expect(try send("{}") == Answer(status: 200, body: #"{"inForce":"2 shops","warnings":["look"]}"#))
        guard case .own = seen.first else {
            Issue.record("another offer")
            return
        }
    }

    @Test func `a configuration arrives byte by byte, with more secrets than a request may have items`() throws {
        let secrets = (0..<150).map {
            #"{"path":"/s/\#($0)","content":"\#(Data([UInt8($0), 0, 255]).base64EncodedString())"}"#
        }
        let text = Data("{ // é\n}".utf8).base64EncodedString()
        let body = #"{"file":"/f","configuration":"\#(text)","secrets":[\#(secrets.joined(separator: ","))]}"#
        #expect(try send(body).status == 200)
        guard case .bundle(let bundle) = seen.first else {
            Issue.record("another offer")
            return
        }
        #expect(bundle.file == "/f")
        #expect(bundle.text == Array("{ // é\n}".utf8))
        #expect(bundle.secrets.count == 150)
        #expect(bundle.secrets[149].path == "/s/149")
        #expect(bundle.secrets[149].bytes == [149, 0, 255])
    }

    @Test func `what root could not read is passed on as a reason`() throws {
        #expect(try send(#"{"file":"/f","unusable":"line 3"}"#, refusing: "line 3").status == 400)
        guard case .unusable("/f", "line 3") = seen.first else {
            Issue.record("another offer")
            return
        }
    }

    @Test func `a refusal is the answer`() throws {
        #expect(try send("{}", refusing: "no") == Answer(status: 400, body: #"{"error":"no"}"#))
    }

    @Test(arguments: [
        #"{"file":"/f"}"#, #"{"file":"/f","configuration":"???","secrets":[]}"#,
        #"{"file":"/f","configuration":"e30="}"#, #"{"file":"/f","configuration":"e30=","secrets":[{}]}"#,
        #"{"file":"/f","configuration":"e30=","secrets":[7]}"#,
        #"{"file":"/f","configuration":"e30=","secrets":[{"path":"/s","content":7}]}"#,
    ])
    func `half an offer is refused and changes nothing`(body: String) throws {
        #expect(try send(body).status == 400)
        #expect(seen.offers.withLock { $0.isEmpty })
    }
}
