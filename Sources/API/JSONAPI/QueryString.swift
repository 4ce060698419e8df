import FastCGI
import Payments

/// A request's query, decoded once: `name=value` pairs in their order, `+` for a space.
struct QueryString {
    let pairs: [(name: String, value: String)]

    /// nil when a part of it has a broken percent-encoding, or is no UTF-8 without control characters.
    init?(_ request: Request) {
        var pairs: [(name: String, value: String)] = []
        for part in request.query.utf8.split(separator: UInt8(ascii: "&")) {
            let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = sides.first.flatMap(QueryString.decoded),
                let value = sides.count > 1 ? QueryString.decoded(sides[1]) : ""
            else { return nil }
            pairs.append((name, value))
        }
        self.pairs = pairs
    }

    /// The value of the parameter, nil when it is not there exactly once: two values for one name are no value.
    func single(_ name: StaticString) -> String? {
        let values = all("\(name)")
        return values.count == 1 ? values[0] : nil
    }

    func all(_ name: String) -> [String] {
        pairs.filter { $0.name.hasSameBytes(as: name) }.map(\.value)
    }

    private static func decoded(_ text: Substring.UTF8View) -> String? {
        let spaced = text.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }
        guard let bytes = PercentEncoding.decode(spaced[...]), !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
