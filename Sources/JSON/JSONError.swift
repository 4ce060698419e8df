/// Why a text is not accepted, and at which byte.
package struct JSONError: Error, Sendable, Equatable {
    /// The raw value is the sentence a person reads.
    package enum Reason: String, Sendable, CaseIterable {
        case tooLarge = "the text is longer than the limit"
        case tooDeep = "objects and arrays are nested deeper than the limit"
        case tooManyValues = "the text holds more values than the limit"
        case unexpectedEnd = "the text ends too early"
        case byteOrderMark = "the text starts with a byte order mark"
        case expectedValue = "a value is expected here"
        case expectedName = "a member name in double quotes is expected here"
        case expectedColon = "a colon is expected after the member name"
        case expectedCommaOrBrace = "a comma or a closing brace is expected here"
        case expectedCommaOrBracket = "a comma or a closing bracket is expected here"
        case trailingContent = "nothing may follow the value"
        case invalidLiteral = "only true, false and null may be written without quotes"
        case invalidNumber = "the number is not written as JSON writes numbers"
        case controlCharacter = "a control character in a string must be escaped"
        case invalidEscape = "the escape sequence does not exist"
        case loneSurrogate = "the escaped surrogate has no partner"
        case invalidUTF8 = "the bytes are not valid UTF-8"
        case duplicateName = "the object has a member of this name already"
        case unterminatedComment = "the comment does not end"
    }

    package let reason: Reason
    /// The offset of the byte at fault; the length of the text when it ends too early.
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// One sentence for a person, without any byte of the text.
    package var message: String { "\(reason.rawValue) (byte \(offset))" }

    /// Where an editor shows the fault in the text: line and column from 1, the column counted in Unicode scalars.
    package func position(in bytes: [UInt8]) -> (line: Int, column: Int) {
        var position = (line: 1, column: 1)
        for byte in bytes.prefix(offset) {
            if byte == ASCII.lineFeed {
                position = (position.line + 1, 1)
            } else if byte & 0b1100_0000 != 0b1000_0000 {  // not a continuation byte: a character begins
                position.column += 1
            }
        }
        return position
    }
}
