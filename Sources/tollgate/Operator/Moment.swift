import ArgumentParser
import FoundationEssentials

/// A point in time as people give it and read it.
struct Moment: ExpressibleByArgument, Equatable {
    /// Since the Unix epoch.
    let milliseconds: Int64

    init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Reads `2026-11-21` (its first moment in UTC), `2026-11-21T10:00:00Z`, with a fraction or another offset such as
    /// `+01:00`, or milliseconds since the Unix epoch. A day that no calendar has is none.
    init?(argument: String) {
        if argument.utf8.count >= 9, let number = Int64(argument) {
            milliseconds = number
            return
        }
        var text = Fields(argument)
        guard let year = text.number(digits: 4), text.skip("-"), let month = text.number(digits: 2), text.skip("-"),
            let day = text.number(digits: 2), let days = Moment.days(year, month, day)
        else { return nil }
        let midnight = days * 86_400_000
        if text.isAtEnd {
            milliseconds = midnight
            return
        }
        guard text.skip("T"), let hour = text.number(digits: 2), text.skip(":"), let minute = text.number(digits: 2),
            text.skip(":"), let second = text.number(digits: 2), hour < 24, minute < 60, second < 60,
            let fraction = text.fraction(), let offset = text.offset(), text.isAtEnd
        else { return nil }
        milliseconds = midnight + ((hour * 60 + minute - offset) * 60 + second) * 1000 + fraction
    }

    /// Days from 1970-01-01; nil when there is no such day (Howard Hinnant, "chrono-compatible low-level date
    /// algorithms", days_from_civil).
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), day >= 1, day <= lengths[Int(month) - 1], year >= 1 else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// ISO 8601 in UTC, to the second.
    static func text(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601)
    }

    /// As `text`, to the millisecond.
    static func exactText(_ milliseconds: Int64) -> String {
        let fraction = String(((milliseconds % 1000) + 1000) % 1000)
        let padded = String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
        return "\(text(milliseconds - (milliseconds % 1000)).dropLast()).\(padded)Z"
    }
}

/// The parts of a time's text, from left to right.
private struct Fields {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) {
        rest = Array(text.utf8)[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func number(digits: Int) -> Int64? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest = rest.dropFirst(digits)
        return text.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// Milliseconds; 0 when there is no fraction, nil when it is malformed.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard (1...9).contains(digits.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        let padded = Array(digits.prefix(3)) + [UInt8](repeating: 0x30, count: max(0, 3 - digits.count))
        return padded.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// Minutes east of UTC; nil when there is none, for a time without one could mean anybody's.
    mutating func offset() -> Int64? {
        if skip("Z") { return 0 }
        let isEast = skip("+")
        guard isEast || skip("-"), let hours = number(digits: 2), skip(":"), let minutes = number(digits: 2),
            hours < 24, minutes < 60
        else { return nil }
        return (isEast ? 1 : -1) * (hours * 60 + minutes)
    }
}

/// How long something takes, as people say it.
enum Elapsed {
    /// Such as `142 ms`, `1.5 s`, `12 min 3 s`, `3 h 5 min`, `2 d 4 h`; never negative.
    static func text(_ milliseconds: Int64) -> String {
        let magnitude = milliseconds.magnitude
        let (seconds, rest) = magnitude.quotientAndRemainder(dividingBy: 1000)
        if seconds == 0 { return "\(rest) ms" }
        if seconds < 10, rest >= 100 { return "\(seconds).\(rest / 100) s" }
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return pair(seconds / 60, "min", seconds % 60, "s") }
        if seconds < 86_400 { return pair(seconds / 3600, "h", seconds / 60 % 60, "min") }
        return pair(seconds / 86_400, "d", seconds / 3600 % 24, "h")
    }

    private static func pair(_ large: UInt64, _ largeUnit: String, _ small: UInt64, _ smallUnit: String) -> String {
        small == 0 ? "\(large) \(largeUnit)" : "\(large) \(largeUnit) \(small) \(smallUnit)"
    }
}
