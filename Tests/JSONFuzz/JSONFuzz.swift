/// The entry point of libFuzzer: feeds any bytes to the reader and traps when what it accepts is not consistent.
///
/// Compiled together with the sources of the JSON room (`fuzz.sh`), so that coverage guides it and nothing needs to
/// be exported.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    checkReader(bytes)
    checkCompaction(bytes)
    checkConfiguration(bytes)
    checkWriter(bytes)
    return 0
}

/// A fault lies in the text or at its end; an accepted text has consistent values, each a valid text of its own.
private func checkReader(_ bytes: [UInt8]) {
    do throws(JSONError) {
        let document = try JSONDocument(parsing: bytes)
        precondition(String(validating: bytes, as: UTF8.self) != nil, "accepted what is not UTF-8")
        precondition(document.bytes == bytes, "the text changed")
        check(document.root)
        precondition(rewritten(document) == JSONText.compacted(bytes), "a document written again is its compacted text")
        let pretty = try JSONDocument(parsing: JSONText.pretty(document.root))
        precondition(rewritten(pretty) == rewritten(document), "a pretty text means something else")
    } catch {
        precondition(error.offset >= 0 && error.offset <= bytes.count, "the fault lies outside of the text")
        let position = error.position(in: bytes)
        precondition(position.line >= 1 && position.column >= 1)
    }
}

private func check(_ value: JSONValue) {
    guard let alone = try? JSONDocument(parsing: Array(value.bytes)) else {
        preconditionFailure("a value's text is refused")
    }
    precondition(alone.root.kind == value.kind && alone.root.count == value.count)
    precondition(alone.root.string == value.string && alone.root.integralNumber == value.integralNumber)
    if let integer = value.integer { precondition(integer == value.integralNumber) }
    if let utf8 = value.utf8 { checkString(value, utf8) }
    var count = 0
    for (name, member) in value.members {
        guard let text = name.utf8 else { preconditionFailure("a name is no string") }
        precondition(value.member(named: text)?.offset == member.offset, "a member is not found by its name")
        checkString(name, text)
        check(member)
        count += 1
    }
    for element in value.elements {
        check(element)
        count += 1
    }
    precondition(count == value.count)
}

/// What is decoded is UTF-8, equal to itself, and comes back from the writer.
private func checkString(_ value: JSONValue, _ utf8: [UInt8]) {
    guard let text = String(validating: utf8, as: UTF8.self) else { preconditionFailure("decoded what is not UTF-8") }
    precondition(value.equals(text) && !value.equals(text + "x"))
    precondition(value.containsNUL == utf8.contains(0))
    var writer = JSONWriter()
    writer.string(text)
    guard let again = try? JSONDocument(parsing: writer.bytes) else { preconditionFailure("wrote an invalid string") }
    precondition(again.root.utf8 == utf8)
}

/// Compacting accepts any bytes, leaves nothing to drop, and changes no document's meaning.
private func checkCompaction(_ bytes: [UInt8]) {
    let compacted = JSONText.compacted(bytes)
    precondition(JSONText.compacted(compacted) == compacted, "compacting twice is not compacting once")
    guard (try? JSONDocument(parsing: bytes)) != nil else { return }
    precondition((try? JSONDocument(parsing: compacted)) != nil, "compacting broke the text")
}

/// The lenient reader accepts at least what the strict one does, and its documents are strict once written again.
private func checkConfiguration(_ bytes: [UInt8]) {
    guard let document = try? JSONDocument(parsing: bytes, limits: .configuration) else {
        precondition(
            (try? JSONDocument(parsing: bytes)) == nil, "the lenient reader refuses what the strict one accepts")
        return
    }
    precondition((try? JSONDocument(parsing: rewritten(document))) != nil, "a configuration written again is refused")
}

/// Any text can be written, as a name and as a value.
private func checkWriter(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    var writer = JSONWriter()
    writer.beginObject()
    writer.name(text)
    writer.string(text)
    writer.endObject()
    let document = try? JSONDocument(parsing: writer.bytes)
    precondition(document?.root.member(named: text)?.equals(text) == true, "what was written is not what is read")
}

private func rewritten(_ document: JSONDocument) -> [UInt8] {
    var writer = JSONWriter()
    writer.value(document.root)
    return writer.bytes
}
