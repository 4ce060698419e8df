import JSON
import Payments

/// A cell of an export.
enum ExportValue {
    case text(String)
    case number(Int64)
    /// Milliseconds since the Unix epoch; written as ISO 8601 in UTC.
    case moment(Int64)
    case items([Item])
    case none

    struct Item {
        let id: String
        let quantity: Int64
        /// The price of one in minor units; nil where there is none.
        let cents: Int64?
    }

    init(_ text: String?) {
        self = text.map { .text($0) } ?? .none
    }

    init(_ number: Int64?) {
        self = number.map { .number($0) } ?? .none
    }

    init(moment: Int64?) {
        self = moment.map { .moment($0) } ?? .none
    }

    /// As people read it in one cell.
    var cell: String {
        switch self {
        case .text(let text): text
        case .number(let number): String(number)
        case .moment(let moment): Moment.exactText(moment)
        case .items(let items):
            items.map { item in
                "\(item.quantity) x \(item.id)" + (item.cents.map { " @ \($0)" } ?? "")
            }.joined(separator: "; ")
        case .none: ""
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .text, .moment: writer.string(cell)
        case .number(let number): writer.integer(number)
        case .none: writer.null()
        case .items(let items):
            writer.beginArray()
            for item in items {
                writer.beginObject()
                writer.member("id", item.id)
                writer.member("quantity", item.quantity)
                if let cents = item.cents { writer.member("cents", cents) }
                writer.endObject()
            }
            writer.endArray()
        }
    }
}

/// A line of an export, and the moment that decides whether it is in the time asked for.
struct ExportRow {
    let at: Int64
    let values: [ExportValue]
}
