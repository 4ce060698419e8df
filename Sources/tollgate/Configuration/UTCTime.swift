/// A moment as people write it in a configuration: ISO 8601, in UTC, to the second or the day.
enum UTCTime {
    static let dayMilliseconds: Int64 = 86_400_000

    /// Reads `2027-01-31T12:30:00Z` or `2027-01-31`, the day's beginning; nil for anything else.
    static func milliseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == 10 || bytes.count == 20, let day = day(bytes) else { return nil }
        guard bytes.count == 20 else { return day * dayMilliseconds }
        guard bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            bytes[19] == UInt8(ascii: "Z"), let hour = number(bytes[11..<13], upTo: 23),
            let minute = number(bytes[14..<16], upTo: 59), let second = number(bytes[17..<19], upTo: 59)
        else { return nil }
        return day * dayMilliseconds + (hour * 3600 + minute * 60 + second) * 1000
    }

    /// Days since the Unix epoch (Hinnant, "chrono-compatible low-level date algorithms", days_from_civil).
    private static func day(_ bytes: [UInt8]) -> Int64? {
        guard bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(bytes[0..<4], upTo: 9999), year >= 1970, let month = number(bytes[5..<7], upTo: 12),
            month >= 1, let day = number(bytes[8..<10], upTo: 31), day >= 1, day <= length(of: month, in: year)
        else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func length(of month: Int64, in year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>, upTo most: Int64) -> Int64? {
        var number: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return number <= most ? number : nil
    }
}
