import FastCGI
import JSON

/// A resource object of a request's document, read so that every fault is found and told with its place (contract:
/// Stripe authorization, cases B4 to B16).
struct ResourceInput {
    /// As sent; the original compares it with the path only on PATCH.
    let id: JSONValue?
    private let attributes: JSONValue?
    private let relationships: JSONValue?
    private var faults: [JSONAPIErrorObject] = []

    /// - Throws: what keeps the rest from being looked at: 400 for no JSON, 422 for no resource object, 409 for one of
    ///   another type.
    init(_ request: Request, type: StaticString) throws(JSONAPIFault) {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: request.body)
        } catch {
            throw JSONAPIFault(400, title: "Bad request", detail: "Failed to decode JSON object: \(error.message)")
        }
        guard let data = document.root["data"] else {
            throw JSONAPIFault(ResourceInput.invalid("/", "Object must include `data` key."))
        }
        guard let given = data["type"] else {
            throw JSONAPIFault(ResourceInput.invalid("/data", "`data` object must include `type` key."))
        }
        guard given.equals(type) else {
            throw JSONAPIFault(
                409, .pointer("/data/type"), title: "Incorrect type", detail: "Invalid type. Expected \"\(type)\".")
        }
        id = data["id"]
        attributes = data["attributes"]
        relationships = data["relationships"]
        for (name, value) in [("attributes", attributes), ("relationships", relationships)] {
            guard let value, value.kind != .object else { continue }
            faults.append(ResourceInput.invalid("/data/\(name)", "Not a valid object."))
        }
    }

    /// An attribute's text, as sent.
    ///
    /// - Returns: nil when it is absent, or at fault; the fault is kept for `finish`.
    mutating func text(_ name: AttributeName, isRequired: Bool, maximumBytes: Int = 255) -> String? {
        // The original falls back to its internal name, so both spellings are accepted, the dashed one first.
        guard let value = attributes?[name.dashed] ?? attributes?[name.underscored] else {
            if isRequired { refuse(name, "Missing data for required field.") }
            return nil
        }
        if value.isNull { return refuse(name, "Field may not be null.") }
        guard let text = value.string, !value.containsNUL else { return refuse(name, "Not a valid string.") }
        if text.utf8.allSatisfy(ResourceInput.isSpace) { return refuse(name, "Field may not be blank.") }
        guard text.utf8.count <= maximumBytes else {
            return refuse(name, "Longer than maximum length \(maximumBytes).")
        }
        return text
    }

    /// The id a relationship to one resource names.
    ///
    /// - Returns: nil when there is none, or it is at fault; the fault is kept for `finish`.
    mutating func identifier(_ relationship: StaticString, type: StaticString) -> String? {
        guard let value = relationships?[relationship] else { return nil }
        let pointer = "/data/relationships/\(relationship)/data"
        guard let data = value["data"] else {
            if value["links"] == nil { faults.append(ResourceInput.invalid(pointer, "Must include a `data` key")) }
            return nil
        }
        let problems = ResourceInput.problems(with: data, type)
        faults += problems.map { ResourceInput.invalid(pointer, $0) }
        return problems.isEmpty ? data["id"]?.string : nil
    }

    /// - Throws: every fault found so far.
    func finish() throws(JSONAPIFault) {
        if !faults.isEmpty { throw JSONAPIFault(faults) }
    }

    /// The checks in the original's order, which tells a missing `id` and a wrong `type` together.
    private static func problems(with data: JSONValue, _ type: StaticString) -> [String] {
        if data.isNull { return ["Field may not be null."] }
        if data.kind == .array { return ["Relationship is not list-like"] }
        guard data.kind == .object else { return ["Must have an `id` field", "Must have a `type` field"] }
        var problems: [String] = []
        if data["id"] == nil { problems.append("Must have an `id` field") }
        if let given = data["type"] {
            if !given.equals(type) { problems.append("Invalid `type` specified") }
        } else {
            problems.append("Must have a `type` field")
        }
        guard problems.isEmpty, let id = data["id"] else { return problems }
        if id.isNull { return ["Field may not be null."] }
        return id.string == nil || id.containsNUL ? ["Not a valid string."] : []
    }

    @discardableResult private mutating func refuse(_ name: AttributeName, _ detail: String) -> String? {
        faults.append(ResourceInput.invalid("/data/attributes/\(name.dashed)", detail))
        return nil
    }

    private static func invalid(_ pointer: String, _ detail: String) -> JSONAPIErrorObject {
        JSONAPIErrorObject(status: 422, source: .pointer(pointer), title: "Validation error", detail: detail)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}

/// An attribute's two spellings.
struct AttributeName: Sendable {
    let dashed: StaticString
    let underscored: StaticString

    init(_ dashed: StaticString, _ underscored: StaticString) {
        self.dashed = dashed
        self.underscored = underscored
    }
}
