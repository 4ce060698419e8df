extension MerchantService {
    /// Makes a key from the system's secure source.
    ///
    /// - Parameter validUntil: the first moment it is not valid any more, milliseconds since the Unix epoch.
    /// - Returns: the key, which is shown once and kept nowhere, and what is kept of it.
    /// - Throws: 3008; `invalid` when the name is taken.
    package func createKey(
        for merchant: MerchantID, use: MerchantKey.Use, name: String, validFrom: Int64? = nil, validUntil: Int64? = nil
    ) throws(PaymentError) -> Committed<CreatedKey> {
        // 32 of 62 characters are 190 bits.
        let text = "\(merchant)-\(random.text(count: 32))"
        let committed = try importKey(
            text, for: merchant, use: use, name: name, validFrom: validFrom, validUntil: validUntil)
        return Committed(result: CreatedKey(text: text, key: committed.result), sequence: committed.sequence)
    }

    /// Takes over a key that exists already, as the demo's do.
    ///
    /// - Throws: 3008; `invalid` when the name is taken, or the key is, or too many keys have an end.
    package func importKey(
        _ text: String, for id: MerchantID, use: MerchantKey.Use, name: String, isActive: Bool = true,
        validFrom: Int64? = nil, validUntil: Int64? = nil
    ) throws(PaymentError) -> Committed<MerchantKey> {
        let document = MerchantKey.document(digests.keyed(Array(text.utf8)))
        var key = MerchantKey(
            id: document.id, merchant: id, use: use, name: name,
            prefix: MerchantService.prefix(of: text, merchant: id), isActive: isActive, created: clock.milliseconds())
        key.validFrom = validFrom
        key.validUntil = validUntil
        let made = key
        return try repository.transaction(reading: [document, MerchantKeyEnds.only]) {
            transaction throws(PaymentError) in
            var merchant = try transaction.merchant(id)
            guard merchant.key(named: name) == nil else { throw .invalid("name", "is the name of another key") }
            guard try transaction.get(MerchantKey.self, document) == nil else {
                throw .invalid("key", "is in use already")
            }
            merchant.add(made)
            transaction.put(merchant)
            transaction.put(made)
            if isActive, let validUntil {
                var ends = try transaction.get(MerchantKeyEnds.self, MerchantKeyEnds.only) ?? MerchantKeyEnds()
                try ends.add(
                    MerchantKeyEnds.End(merchant: id, use: use, name: name, until: validUntil), at: made.created)
                transaction.put(ends)
            }
            return made
        }
    }

    /// All keys of a merchant, in the order they were made.
    ///
    /// - Throws: 3008.
    package func keys(of merchant: MerchantID) throws(PaymentError) -> Committed<[MerchantKey]> {
        try repository.transaction { transaction throws(PaymentError) in
            var keys: [MerchantKey] = []
            for name in try transaction.merchant(merchant).keys {
                if let key = try transaction.get(MerchantKey.self, name.document) { keys.append(key) }
            }
            return keys
        }
    }

    /// Refuses a key from now on. Repeating it changes nothing.
    ///
    /// - Throws: 3008; `notFound` when the merchant has no key of that name.
    package func deactivateKey(
        named name: String, of merchant: MerchantID
    ) throws(PaymentError) -> Committed<MerchantKey> {
        try repository.transaction { transaction throws(PaymentError) in
            guard let document = try transaction.merchant(merchant).key(named: name),
                var key = try transaction.get(MerchantKey.self, document)
            else { throw PaymentError(.notFound, "The merchant has no key of that name.") }
            key.isActive = false
            transaction.put(key)
            if key.validUntil != nil, var ends = try transaction.get(MerchantKeyEnds.self, MerchantKeyEnds.only) {
                ends.remove(name, of: merchant)
                transaction.put(ends)
            }
            return key
        }
    }

    /// Enough to tell keys apart, too little to guess one: the merchant, and four characters of the rest.
    private static func prefix(of text: String, merchant: MerchantID) -> String {
        let start = "\(merchant)-"
        guard text.utf8.starts(with: start.utf8) else { return String(text.unicodeScalars.prefix(4)) }
        return start + String(text.unicodeScalars.dropFirst(start.unicodeScalars.count).prefix(4))
    }
}

/// A key just made. Its text is shown to whoever asked for it, once, and written nowhere.
package struct CreatedKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let text: String
    package let key: MerchantKey

    package var description: String { "[redacted]" }
    package var debugDescription: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
