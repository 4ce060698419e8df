import Testing

@testable import Payments
@testable import Storage

/// The bytes of a line.
struct JournalLineTests {
    private func make(_ puts: String, sequence: SequenceNumber = 812, durable: SequenceNumber = 810) -> [UInt8] {
        var line: [UInt8] = []
        JournalLine.append(Array(puts.utf8)[...], sequence: sequence, durable: durable, to: &line)
        return line
    }

    /// RFC 3720, appendix B.4, and the check value of the CRC catalogue.
    @Test(
        arguments: [
            (Array("123456789".utf8), 0xE306_9283), ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E), ([], 0),
        ] as [([UInt8], UInt32)])
    func `the checksum is CRC-32C`(_ bytes: [UInt8], _ expected: UInt32) {
        let checksum = CRC32C.checksum(bytes.span)
        #expect(checksum == expected)
    }

    @Test func `a line reads back as it was written`() throws {
        let line = make(#"[{"kind":"account","id":"a","doc":{"x":"}]\"{"}},{"kind":"b","id":"\"","doc":{}}]"#)
        #expect(line.last == UInt8(ascii: "\n"))
        let text = Array(line.dropLast())
        let bytes = text.span
        let isIntact = JournalLine.isIntact(bytes)
        #expect(isIntact)
        let read = JournalLine.header(of: bytes)
        let header = try #require(read)
        #expect(header.sequence == 812 && header.durable == 810)
        var found: [String] = []
        let isOurs = Put.forEach(in: bytes, from: header.putsStart) { put in
            found.append(put.text(in: bytes) + String(decoding: bytes.array(put.document), as: UTF8.self))
        }
        #expect(isOurs)
        #expect(found == [#"a{"x":"}]\"{"}"#, "\"{}"])
    }

    @Test func `no line is longer than promised`() {
        let line = make("[]", sequence: .max, durable: .max)
        #expect(line.count == 2 + JournalLine.overhead)
    }

    @Test(arguments: [
        "[", "{}", "[{}]", "[,]", #"[{"kind":"a","id":"b","doc":[]}]"#, #"[{"kind":"a","id":"b","doc":{}}"#,
        #"[{"kind":"a","id":"b","doc":{}},]"#, #"[{"kind":"a","id":"b","doc":{"}"#, #"[]x"#,
    ])
    func `puts of another form are not ours`(_ puts: String) throws {
        let text = Array(make(puts).dropLast())
        let bytes = text.span
        let read = JournalLine.header(of: bytes)
        let header = try #require(read)
        let isOurs = Put.forEach(in: bytes, from: header.putsStart) { _ in }
        #expect(!isOurs)
    }

    @Test func `a seal is told from a record`() throws {
        for (puts, isSeal) in [("[]", true), (#"[{"kind":"a","id":"b","doc":{}}]"#, false)] {
            let line = make(puts)
            let read = JournalLine.header(of: line.span)
            let found = try #require(read).isSeal(in: line.span)
            #expect(found == isSeal)
        }
    }
}
