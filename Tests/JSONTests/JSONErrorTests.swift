import JSON
import Testing

@Suite struct JSONErrorTests {
    @Test(arguments: [
        ("", 0, 1, 1), ("abc", 0, 1, 1), ("abc", 2, 1, 3), ("abc", 3, 1, 4), ("a\nb", 1, 1, 2), ("a\nb", 2, 2, 1),
        ("a\r\nb", 3, 2, 1), ("é😀x", 6, 1, 3), ("é\n\n😀x", 8, 3, 2), ("ab", 9, 1, 3),
    ])
    func `line and column are counted from 1, in characters`(text: String, offset: Int, line: Int, column: Int) {
        let position = JSONError(.expectedValue, at: offset).position(in: Array(text.utf8))
        #expect(position == (line, column))
    }

    @Test(arguments: JSONError.Reason.allCases)
    func `a message says what is wrong and where`(_ reason: JSONError.Reason) {
        let message = JSONError(reason, at: 17).message
        #expect(message.hasPrefix(reason.rawValue))
        #expect(message.hasSuffix(" (byte 17)"))
    }
}
