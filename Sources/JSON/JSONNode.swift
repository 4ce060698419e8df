/// One value or member name of a parsed document: where its text lies and where the next sibling is.
struct JSONNode: Sendable {
    /// What the parser learnt about a string or a number and readers need not find out again.
    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8
        /// A string holds at least one backslash, so its text is not its value.
        static let escaped = Flags(rawValue: 1)
        /// A string holds U+0000.
        static let containsNUL = Flags(rawValue: 2)
        /// A number has neither fraction nor exponent.
        static let digitsOnly = Flags(rawValue: 4)
    }

    /// The text is `start..<end` in the document's bytes, quotes and brackets included.
    let start: UInt32
    var end: UInt32
    /// The index after this value's last descendant.
    ///
    /// While a container is open: the index of the container around it.
    var next: UInt32
    /// A container's number of members or elements; a member name's fingerprint; 0 otherwise.
    var detail: UInt32 = 0
    let kind: JSONValue.Kind
    var flags: Flags = []

    /// Where the text lies in the document's bytes.
    var text: Range<Int> { Int(start)..<Int(end) }

    /// A string's text between its quotes, escapes not yet decoded.
    var content: Range<Int> { Int(start) + 1..<Int(end) - 1 }
}
