/// Metrics in Prometheus's text format 0.0.4, as they are written.
package struct MetricsText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var bytes: [UInt8] = []

    package init() {
        bytes.reserveCapacity(16 * 1024)
    }

    /// Begins a metric; its samples follow.
    package mutating func family(_ name: MetricName) {
        put("# HELP \(name.rawValue) \(name.help)\n")
        family(name.rawValue, name.kind)
    }

    mutating func family(_ name: String, _ kind: MetricName.Kind) {
        put("# TYPE \(name) \(kind.rawValue)\n")
    }

    /// - Parameter labels: as `labels(_:)` makes them; empty for none.
    package mutating func sample(_ name: String, _ labels: String = "", _ value: Double) {
        put(labels.isEmpty ? name : "\(name){\(labels)}")
        put(" \(MetricsText.number(value))\n")
    }

    package mutating func sample(_ name: String, _ labels: String = "", _ value: Int64) {
        put(labels.isEmpty ? name : "\(name){\(labels)}")
        put(" \(value)\n")
    }

    /// A metric of one sample.
    package mutating func single(_ name: MetricName, _ value: Double, _ labels: [(String, String)] = []) {
        family(name)
        sample(name.rawValue, MetricsText.labels(labels), value)
    }

    /// `name="value",…`, with what would end a value escaped.
    package static func labels(_ labels: [(String, String)]) -> String {
        labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
    }

    static func escaped(_ value: String) -> String {
        // Nearly every value is plain, and a start makes some thousand of them.
        let special: (UInt8) -> Bool = {
            $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n")
        }
        guard value.utf8.contains(where: special) else { return value }
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        guard let whole = Int64(exactly: value) else { return "\(value)" }
        return "\(whole)"
    }

    private mutating func put(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}
