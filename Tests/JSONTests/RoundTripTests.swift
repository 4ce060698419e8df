import JSON
import Testing

@Suite struct RoundTripTests {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `what is written is read`(seed: UInt64) throws {
        let model = make(seed: seed)
        var writer = JSONWriter()
        model.write(to: &writer)
        let document = try JSONDocument(parsing: writer.bytes)
        #expect(Model(document.root) == model)
        #expect(JSONText.compacted(writer.bytes) == writer.bytes)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `what others write is read, and written again as received`(seed: UInt64) throws {
        let model = make(seed: seed)
        let text = model.rendered(seed: seed, spaced: true)
        let document = try JSONDocument(parsing: text)
        #expect(Model(document.root) == model)
        var raw = JSONWriter()
        raw.raw(document.root.bytes)
        #expect(Model(try JSONDocument(parsing: raw.bytes).root) == model)
        var value = JSONWriter()
        value.value(document.root)
        #expect(value.bytes == JSONText.compacted(text))
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `compacting takes back exactly the whitespace that was strewn in`(seed: UInt64) {
        let model = make(seed: seed)
        let compact = model.rendered(seed: seed, spaced: false)
        #expect(JSONText.compacted(model.rendered(seed: seed, spaced: true)) == compact)
        #expect(JSONText.compacted(compact) == compact)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `a pretty text means the same`(seed: UInt64) throws {
        let model = make(seed: seed)
        let document = try JSONDocument(parsing: model.rendered(seed: seed, spaced: true))
        let pretty = try JSONDocument(parsing: JSONText.pretty(document.root))
        #expect(Model(pretty.root) == model)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `one changed byte never crashes, and what is still accepted is still consistent`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var text = make(seed: seed).rendered(seed: seed, spaced: true)
        for _ in 0..<50 where !text.isEmpty {
            text[Int.random(in: 0..<text.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            if let error = fault(in: text) {
                #expect((0...text.count).contains(error.offset))
                text = make(seed: generator.next()).rendered(seed: seed, spaced: true)
            } else {
                var writer = JSONWriter()
                writer.value(try JSONDocument(parsing: text).root)
                #expect(writer.bytes == JSONText.compacted(text))
            }
        }
    }

    private func make(seed: UInt64) -> Model {
        var generator = SplitMix64(seed: seed)
        return Model.random(using: &generator)
    }
}
