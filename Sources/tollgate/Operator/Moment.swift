import ArgumentParser
import FoundationEssentials

/// A point in time as people give it and read it.
struct Moment: ExpressibleByArgument, Equatable {
    /// Since the Unix epoch.
    let milliseconds: Int64

    init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Reads `2026-11-21` (its first moment in UTC), `2026-11-21T10:00:00Z`, with another offset such as `+01:00`, or
    /// milliseconds since the Unix epoch.
    init?(argument: String) {
        if let number = Int64(argument), argument.utf8.count >= 9 {
            milliseconds = number
            return
        }
        let isDay = argument.utf8.count == 10
        let text = isDay ? "\(argument)T00:00:00Z" : argument
        guard let date = try? Date(text, strategy: .iso8601) else { return nil }  // said by whoever parses arguments
        milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
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
