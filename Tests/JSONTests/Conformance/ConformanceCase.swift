import Testing

/// One input of JSONTestSuite (github.com/nst/JSONTestSuite, test_parsing, commit 1ef36fa), named as its file is.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]

    init(_ name: String, _ text: String) {
        self.name = name
        self.bytes = Array(text.utf8)
    }

    /// For what is not valid UTF-8.
    init(_ name: String, hex: String) {
        self.name = name
        self.bytes = Array(hex: hex)
    }

    var testDescription: String { name }
}
