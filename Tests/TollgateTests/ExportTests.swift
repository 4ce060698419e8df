import JSON
import Payments
import Testing

@testable import tollgate

@Suite struct `An export` {
    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("a\nb", "\"a\nb\""),
        ("a\r", "\"a\r\""), ("", ""), ("é", "é"),
    ])
    func `puts a field in quotes where it must`(text: String, field: String) {
        #expect(CSV.field(text) == field)
    }

    @Test(arguments: [
        "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\u{FF1D}1", "\u{FF0B}1", "\u{FF0D}1", "\u{FF20}1",
    ])
    func `takes the power from what a spreadsheet would compute`(text: String) {
        #expect(CSV.field(ExportValue.text(text)).hasPrefix("'") || CSV.field(ExportValue.text(text)).hasPrefix("\"'"))
        #expect(CSV.field(ExportValue.items([])).isEmpty)
    }

    @Test func `leaves numbers alone, also negative ones`() {
        #expect(CSV.field(ExportValue.number(-5)) == "-5")
        #expect(CSV.field(ExportValue.moment(0)) == "1970-01-01T00:00:00.000Z")
    }

    private func purchase(_ more: String) throws -> Purchase {
        let text = #"""
            {"v":1,"environment":"TEST","shop":"s","transaction":"=t","player":"p","items":[{"product":"a,b",\#
            "quantity":2,"cents":100}],"bonus":[{"id":"gem","quantity":7}],"key":"studio","scheme":"v1",\#(more)}
            """#
        return try Purchase.decode(Array(text.utf8))
    }

    @Test func `has a cell for every column`() throws {
        let confirmed = try purchase(#""state":"confirmed","currency":"USD","total":205,"tax":5,"confirmed":3000"#)
        let rows = PurchaseExport.rows(confirmed, now: 9000)
        #expect(rows.map(\.at) == [3000])
        #expect(rows.allSatisfy { $0.values.count == PurchaseExport.columns.count })
        let payment = try Payment.make([#""action":"AUTH","state":"unknown""#, #""action":"REFUND","state":"failed""#])
        #expect(PaymentExport.rows(payment).count == 2)
        #expect(PaymentExport.rows(payment).allSatisfy { $0.values.count == PaymentExport.columns.count })
    }

    @Test func `is written as CSV and as JSON lines`() throws {
        let confirmed = try purchase(#""state":"confirmed","currency":"USD","total":205,"tax":5,"confirmed":3000"#)
        let row = try #require(PurchaseExport.rows(confirmed, now: 9000).first)
        let csv = String(decoding: ExportFormat.csv.line(row, PurchaseExport.columns), as: UTF8.self)
        #expect(
            csv.hasPrefix(
                "'=t,p,TEST,s,confirmed,1970-01-01T00:00:03.000Z,,,1970-01-01T00:00:03.000Z,,USD,205,5,"
                    + "\"2 x a,b @ 100\",7 x gem,studio,v1,"))
        #expect(csv.hasSuffix("\r\n"))
        let json = try JSONDocument(parsing: ExportFormat.jsonl.line(row, PurchaseExport.columns)).root
        #expect(json["transaction"]?.string == "=t" && json["total"]?.integer == 205)
        #expect(json["registered"]?.isNull == true && json["items"]?.count == 1)
        let header = String(decoding: ExportFormat.csv.header(PurchaseExport.columns), as: UTF8.self)
        #expect(header.hasPrefix("transaction,player,") && header.hasSuffix("checkout_link\r\n"))
        #expect(ExportFormat.jsonl.header(PurchaseExport.columns).isEmpty)
    }

    @Test func `an expired registration is called so`() throws {
        let registered = try purchase(#""state":"registered","registered":1000,"expires":2000"#)
        for (now, state) in [(1999, "registered"), (2000, "expired")] as [(Int64, String)] {
            #expect(PurchaseExport.rows(registered, now: now).first?.values[4].cell == state)
        }
    }
}
