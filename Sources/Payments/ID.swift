import JSON

/// An opaque id given by somebody else: case-sensitive, never normalised, compared as UTF-8 bytes.
///
/// Swift's `String ==` calls "é" (NFC) and "e" + U+0301 (NFD) equal, which would give one player another's purchase;
/// ids must therefore never be compared, or used as dictionary keys, as `String`.
package struct ID<Owner>: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }

    package static func == (left: ID, right: ID) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    package func hash(into hasher: inout Hasher) {
        let bytes = text.utf8.span
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        hasher.combine(0xFF as UInt8)  // no byte of UTF-8: two ids in one hash cannot run into each other
    }
}

extension String {
    /// Equality as the wire sees it: the same UTF-8 bytes.
    package func hasSameBytes(as other: String) -> Bool {
        utf8.span.hasSameBytes(as: other.utf8.span)
    }
}

/// Phantom owners of ids, so that one kind of id cannot be handed over as another.
package enum PlayerOwner: Sendable {}
package enum TransactionOwner: Sendable {}
package enum ItemOwner: Sendable {}
package enum ShopOwner: Sendable {}
package enum DocumentOwner: Sendable {}

package typealias PlayerID = ID<PlayerOwner>
package typealias TransactionID = ID<TransactionOwner>
/// A product's SKU or its guid, as the shop's catalogue names it.
package typealias ItemID = ID<ItemOwner>
package typealias ShopID = ID<ShopOwner>
/// A stored document's id within its kind.
package typealias DocumentID = ID<DocumentOwner>
