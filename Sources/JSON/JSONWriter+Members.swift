extension JSONWriter {
    package mutating func member(_ name: StaticString, _ value: StaticString) {
        self.name(name)
        string(value)
    }

    package mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        boolean(value)
    }
}
