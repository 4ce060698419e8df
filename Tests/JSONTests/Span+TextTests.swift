import Testing

@testable import JSON

@Suite struct SpanTextTests {
    @Test func `a special byte is found at every distance, whatever stands around it`() {
        var missed: [(byte: UInt8, index: Int, filler: UInt8)] = []
        for byte in UInt8.min...UInt8.max {
            let isSpecial = byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C
            for index in 0..<20 {
                for filler: UInt8 in [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F] {
                    var bytes = [UInt8](repeating: filler, count: 20)
                    bytes[index] = byte
                    let found = indexOfSpecialByte(bytes, from: 0)
                    if found != (isSpecial ? index : 20) { missed.append((byte, index, filler)) }
                }
            }
        }
        #expect(missed.isEmpty)
    }

    @Test func `the search starts where it is told and ends at the end`() {
        let bytes = Array("\"1234567890\"1234567890".utf8)
        #expect(indexOfSpecialByte(bytes, from: 0) == 0)
        #expect(indexOfSpecialByte(bytes, from: 1) == 11)
        #expect(indexOfSpecialByte(bytes, from: 12) == bytes.count)
        #expect(indexOfSpecialByte(bytes, from: bytes.count) == bytes.count)
    }

    @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 17])
    func `texts are the same when every byte is`(count: Int) {
        let bytes = (0..<count).map { UInt8($0) }
        #expect(haveSameBytes(bytes, Array(bytes)))
        #expect(!haveSameBytes(bytes, bytes + [0]))
        for index in 0..<count {
            var other = bytes
            other[index] ^= 0x80
            #expect(!haveSameBytes(bytes, other))
        }
    }

    @Test(arguments: [2, 3, 7, 8, 9, 30])
    func `a fingerprint does not depend on where the name stands`(count: Int) {
        let name = (0..<count).map { UInt8($0 + 65) }
        let alone = fingerprint(name, of: 0..<count)
        for offset in 1..<10 {
            let text = [UInt8](repeating: 0xAA, count: offset) + name + [UInt8](repeating: 0x55, count: 10 - offset)
            #expect(fingerprint(text, of: offset..<offset + count) == alone)
        }
    }

    // `#expect` cannot take a span apart, so it is given these.

    private func indexOfSpecialByte(_ bytes: [UInt8], from start: Int) -> Int {
        bytes.span.indexOfSpecialByte(from: start)
    }

    private func haveSameBytes(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.span.hasSameBytes(as: other.span)
    }

    private func fingerprint(_ bytes: [UInt8], of name: Range<Int>) -> UInt32 {
        bytes.span.fingerprint(of: name)
    }
}
