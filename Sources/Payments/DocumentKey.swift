/// The name of a document type on disk, such as `purchase`.
package struct DocumentKind: Hashable, Sendable {
    package let name: String

    package init(_ name: StaticString) {
        self.name = "\(name)"
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
        fingerprint = Fingerprint(kind: kind.name.utf8Span.span, id: id.text.utf8Span.span)
    }

    package static func == (left: DocumentKey, right: DocumentKey) -> Bool {
        left.fingerprint == right.fingerprint && left.id == right.id
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(fingerprint)
    }
}
