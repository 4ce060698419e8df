import ArgumentParser
import JSON

/// How an export is written.
enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
    /// RFC 4180, with a header line.
    case csv
    /// One JSON object a line.
    case jsonl

    /// What stands before the first row.
    func header(_ columns: [String]) -> [UInt8] {
        switch self {
        case .csv: Array((columns.map(CSV.field).joined(separator: ",") + "\r\n").utf8)
        case .jsonl: []
        }
    }

    func line(_ row: ExportRow, _ columns: [String]) -> [UInt8] {
        switch self {
        case .csv: return Array((row.values.map(CSV.field).joined(separator: ",") + "\r\n").utf8)
        case .jsonl:
            var writer = JSONWriter(reserving: 512)
            writer.beginObject()
            for (column, value) in zip(columns, row.values) {
                writer.name(column)
                value.write(to: &writer)
            }
            writer.endObject()
            return writer.bytes + [UInt8(ascii: "\n")]
        }
    }
}

/// Fields of RFC 4180.
enum CSV {
    static func field(_ value: ExportValue) -> String {
        switch value {
        case .text, .items: field(harmless(value.cell))
        case .number, .moment, .none: value.cell
        }
    }

    /// In quotes where it holds what would end it.
    static func field(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// Spreadsheets compute what begins as a formula, and ids come from outside: an apostrophe makes it text again
    /// (OWASP, CSV Injection). Some take the full-width signs for the others.
    static func harmless(_ text: String) -> String {
        guard let first = text.unicodeScalars.first else { return text }
        switch first {
        case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": return "'" + text
        default: return text
        }
    }
}
