import Glibc

extension NginxFindings {
    /// `64k`, `1m`, `2g`, or bytes (nginx's ngx_parse_size).
    static func bytes(_ text: String) -> Int? {
        let units = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        let factor = text.last.flatMap { units[$0.lowercased()] }
        guard let number = Int(factor == nil ? text : String(text.dropLast())), number >= 0 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor ?? 1)
        return overflow ? nil : bytes
    }

    /// `15s`, `2m`, `1h`, or seconds. Compound times such as `1m30s` are added up.
    static func seconds(_ text: String) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        var total = 0
        var digits = ""
        for character in text.replacing("ms", with: "~") {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let number = Int(digits), number < 1_000_000, total < 1_000_000_000 else { return nil }
            digits = ""
            if character == "~" { continue }  // less than a second
            guard let unit = units[character] else { return nil }
            total += number * unit
        }
        if !digits.isEmpty {
            guard let number = Int(digits), number < 1_000_000_000 else { return nil }
            total += number
        }
        return total
    }

    func processors() -> Int {
        max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }
}
