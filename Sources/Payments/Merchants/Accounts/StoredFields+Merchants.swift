import JSON

extension StoredFields {
    /// A value of one of our enums.
    func value<Value: RawRepresentable<String>>(_ name: StaticString) throws(DocumentError) -> Value {
        guard let value = Value(rawValue: try string(name)) else { throw fault(name) }
        return value
    }

    func optionalValue<Value: RawRepresentable<String>>(_ name: StaticString) throws(DocumentError) -> Value? {
        guard self[name] != nil else { return nil }
        let present: Value = try value(name)
        return present
    }

    /// An amount as `amount` and `currency`.
    func money() throws(DocumentError) -> Money {
        guard let money = Money(minorUnits: try integer("amount"), currency: try string("currency")) else {
            throw fault("amount")
        }
        return money
    }

    func sealed(_ name: StaticString) throws(DocumentError) -> SealedSecret {
        guard let secret = try optionalSealed(name) else { throw fault(name) }
        return secret
    }
}

extension JSONWriter {
    /// Two members: `amount` and `currency`.
    mutating func members(_ money: Money) {
        member("amount", money.minorUnits)
        member("currency", money.currency)
    }

    /// Nothing where there is no value.
    mutating func member(_ name: StaticString, ifPresent text: String?) {
        if let text { member(name, text) }
    }

    mutating func member(_ name: StaticString, ifPresent number: Int64?) {
        if let number { member(name, number) }
    }
}
