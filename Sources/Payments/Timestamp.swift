/// A moment as text.
package enum Timestamp {
    /// ISO 8601 in UTC with milliseconds, such as `2026-03-01T12:00:00.000Z`, for milliseconds since the Unix epoch.
    package static func text(_ milliseconds: Int64) -> String {
        let time = split(milliseconds, by: 86_400_000).remainder
        let clock = [time / 3_600_000, time / 60_000 % 60, time / 1000 % 60].map { padded($0, 2) }
        return "\(day(milliseconds))T\(clock.joined(separator: ":")).\(padded(time % 1000, 3))Z"
    }

    /// The day alone, such as `2026-03-01`.
    package static func day(_ milliseconds: Int64) -> String {
        let date = civil(split(milliseconds, by: 86_400_000).quotient)
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Rounds down, also before 1970.
    private static func split(_ number: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// Days since 1970-01-01 in the Gregorian calendar; Howard Hinnant's civil_from_days
    /// (https://howardhinnant.github.io/date_algorithms.html). Years begin in March there, so that a leap day comes last.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = split(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }
}
