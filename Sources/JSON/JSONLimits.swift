/// What a document may be before the reader refuses it.
package struct JSONLimits: Sendable {
    /// How many objects and arrays may be open at once.
    package var depth: Int
    /// How many values the document may hold, containers counted, member names not.
    package var nodes: Int
    /// How long the text may be.
    ///
    /// Offsets are kept in 32 bits, so more than 4 GiB is never accepted.
    package var bytes: Int
    /// Whether `// …` and `/* … */` count as whitespace.
    package var allowsComments: Bool
    /// Whether one comma may stand before a closing bracket or brace.
    package var allowsTrailingCommas: Bool

    package init(
        depth: Int = 32, nodes: Int = 100_000, bytes: Int = 16 << 20,
        allowsComments: Bool = false, allowsTrailingCommas: Bool = false
    ) {
        self.depth = depth
        self.nodes = nodes
        self.bytes = bytes
        self.allowsComments = allowsComments
        self.allowsTrailingCommas = allowsTrailingCommas
    }

    /// For files that people write: comments and trailing commas are welcome, duplicate names still are not.
    package static let configuration = JSONLimits(allowsComments: true, allowsTrailingCommas: true)
}
