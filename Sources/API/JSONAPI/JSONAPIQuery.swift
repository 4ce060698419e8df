import FastCGI
import Payments

/// What a resource's type lets a query ask for. Names inside `fields[…]` are the underscored ones (contract: Stripe
/// authorization, section 1.2).
struct JSONAPISchema: Sendable {
    let type: StaticString
    /// The original's class, which its messages name.
    let className: StaticString
    let fields: [StaticString]
    /// The relationships `include` may name.
    let includable: [StaticString]
}

/// `include` and `fields[…]` of a request, checked.
struct JSONAPIQuery {
    private let included: [String]
    /// By type, the names asked for.
    private let fields: [(type: String, names: [String])]

    /// - Parameters:
    ///   - main: the schema of the answer's own resource.
    ///   - schemas: of every type the answer may hold.
    /// - Throws: 400 for a query that cannot be read (E11).
    init(_ request: Request, main: JSONAPISchema, schemas: [JSONAPISchema]) throws(JSONAPIFault) {
        guard let query = QueryString(request) else {
            throw JSONAPIFault(400, title: "Bad request", detail: "The query string cannot be read")
        }
        var included: [String] = []
        for name in query.all("include").flatMap(JSONAPIQuery.list) {
            guard main.includable.contains(where: { name.hasSameBytes(as: "\($0)") }) else {
                throw JSONAPIFault(
                    400, .parameter("include"), title: "Invalid include querystring parameter.",
                    detail: "\(main.className) has no attribute \(name)")
            }
            included.append(name)
        }
        self.included = included
        fields = try JSONAPIQuery.fields(query, schemas)
    }

    func includes(_ name: StaticString) -> Bool {
        included.contains { $0.hasSameBytes(as: "\(name)") }
    }

    /// Whether a resource's attribute or relationship is wanted: all are, unless the query lists some.
    func wants(_ field: StaticString, of schema: JSONAPISchema) -> Bool {
        guard let asked = fields.first(where: { $0.type.hasSameBytes(as: "\(schema.type)") }) else { return true }
        return asked.names.contains { $0.hasSameBytes(as: "\(field)") }
    }

    private static func fields(
        _ query: QueryString, _ schemas: [JSONAPISchema]
    ) throws(JSONAPIFault) -> [(type: String, names: [String])] {
        var fields: [(type: String, names: [String])] = []
        for (name, value) in query.pairs where name.hasPrefix("fields[") && name.hasSuffix("]") {
            let type = String(name.dropFirst(7).dropLast())
            guard let schema = schemas.first(where: { type.hasSameBytes(as: "\($0.type)") }) else {
                throw invalidField("Couldn't find schema for type: \(type)")
            }
            let names = list(value)
            for name in names where !schema.fields.contains(where: { name.hasSameBytes(as: "\($0)") }) {
                throw invalidField("\(schema.className) has no attribute \(name)")
            }
            fields.append((type, names))
        }
        return fields
    }

    private static func list(_ value: String) -> [String] {
        value.split(separator: ",").map { String($0) }
    }

    private static func invalidField(_ detail: String) -> JSONAPIFault {
        JSONAPIFault(400, .parameter("fields"), title: "Invalid fields querystring parameter.", detail: detail)
    }
}
