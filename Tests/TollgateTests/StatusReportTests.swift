import JSON
import Payments
import Storage
import Testing

@testable import tollgate

@Suite struct `The status` {
    private static let now: Int64 = 1_795_262_400_000
    private static let running = StatusReport.ServiceState(startedAt: now - 60_000, version: "1", isReady: true)

    private func report(
        _ service: StatusReport.ServiceState? = running, fault: String? = nil, figures: StateFigures? = StateFigures(),
        stateFault: String? = nil
    ) -> StatusReport {
        StatusReport(
            folder: "/state", service: service, serviceFault: fault, figures: figures, stateFault: stateFault,
            now: Self.now)
    }

    /// What a store over memory would say, put down as a server does.
    private func figures(_ documents: [any Document]) throws -> StateFigures {
        var figures = StateFigures()
        for (index, document) in documents.enumerated() {
            try figures.add(
                kind: type(of: document).kind.name, id: document.id, json: document.encoded,
                sequence: UInt64(index + 1), now: Self.now)
        }
        return figures
    }

    private func purchase(_ id: String, _ more: String) throws -> Purchase {
        let text = #"""
            {"v":1,"environment":"TEST","shop":"s","transaction":"\#(id)","player":"p","items":[],"key":"k",\#
            "scheme":"v1",\#(more)}
            """#
        return try Purchase.decode(Array(text.utf8))
    }

    @Test func `is fine when all is well`() {
        #expect(report().severity == .fine)
        #expect(report().text.hasPrefix("status:    OK\nservice:   ready, up 1 min since"))
    }

    @Test func `is critical when purchases are not taken or records cannot be read`() {
        #expect(report(nil).severity == .critical)
        #expect(report(.init(startedAt: 0, version: "1", isReady: false)).severity == .critical)
        #expect(report(fault: "You may not").severity == .critical)
        #expect(report(figures: nil, stateFault: "damaged").severity == .critical)
        #expect(report(nil).text.contains("The service is not running."))
    }

    @Test func `counts today's purchases in their last state, each environment by itself`() throws {
        let today = Self.now - 1000
        let sold = #""state":"confirmed","currency":"USD","total":205,"confirmed":\#(today)"#
        let figures = try figures([
            purchase("a", #""state":"registered","registered":\#(today),"expires":\#(Self.now + 1)"#),
            purchase("b", #""state":"registered","registered":\#(today),"expires":\#(Self.now - 1)"#),
            purchase("a", sold), purchase("c", sold),
            purchase("d", sold.replacing("\(today)", with: "\(today - 86_400_000)")),
        ])
        let day = try #require(figures.days[.test])
        #expect(day.counts == [.confirmed: 2, .expired: 1])
        #expect(day.revenue.first?.minorUnits == 410 && figures.days[.production] == nil)
        #expect(report(figures: figures).text.contains("TEST: 1 expired, 2 confirmed, revenue 410 USD in minor units"))
        #expect(figures.lastSequence == 5)
    }

    @Test func `warns of outcomes nobody knows, until they are settled`() throws {
        let unknown = try Payment.make([#""action":"AUTH","state":"unknown""#])
        let calling = try Payment.make([#""action":"AUTH","state":"calling""#])
        let settled = try Payment.make([#""action":"AUTH","state":"succeeded","settled":5"#])
        for document in [unknown, calling] {
            let report = report(figures: try figures([document]))
            #expect(report.severity == .warning && report.text.contains("1 payments with an unknown outcome"))
        }
        #expect(report(figures: try figures([unknown, settled])).severity == .fine)
    }

    @Test(
        arguments: [
            (nil, 0, StatusReport.Severity.fine), (nil, 9 * 86_400_000, .warning), ("broken", 0, .critical),
        ] as [(String?, Int64, StatusReport.Severity)])
    func `looks at the last verification`(fault: String?, age: Int64, severity: StatusReport.Severity) throws {
        let record = VerificationRecord(at: Self.now - age, fault: fault, lastSequence: 7)
        let report = report(figures: try figures([record]))
        #expect(report.severity == severity)
        let root = try JSONDocument(parsing: report.json).root
        #expect(root["verification"]?["clean"]?.boolean == (fault == nil))
        #expect(root["status"]?.string == severity.word)
    }
}
