import JSON

/// The name of a document type on disk, such as `purchase`.
package struct DocumentKind: Hashable, Sendable {
    /// A literal, which costs no reference counting.
    package let literal: StaticString

    package init(_ name: StaticString) {
        literal = name
    }

    package var name: String { "\(literal)" }

    package static func == (left: DocumentKind, right: DocumentKind) -> Bool {
        left.literal.withUTF8Buffer { unsafe $0.span.hasSameBytes(as: right.literal) }
    }

    package func hash(into hasher: inout Hasher) {
        literal.withUTF8Buffer { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// Which document: its kind and id, and both as one short fingerprint.
package struct DocumentKey: Hashable, Sendable {
    package let kind: DocumentKind
    package let id: DocumentID
    /// Made once, for a request looks its documents up several times.
    package let fingerprint: Fingerprint

    package init(_ kind: DocumentKind, _ id: DocumentID) {
        self.kind = kind
        self.id = id
        fingerprint = kind.literal.withUTF8Buffer { kind in
            Fingerprint(kind: unsafe kind.span, id: id.text.utf8.span)
        }
    }

    package static func == (left: DocumentKey, right: DocumentKey) -> Bool {
        left.fingerprint == right.fingerprint && left.id == right.id
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(fingerprint.low)
    }
}
