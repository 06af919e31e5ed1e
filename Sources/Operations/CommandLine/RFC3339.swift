/// Times as people and JSON read them: RFC 3339 in UTC.
package enum RFC3339 {
    /// Renders Unix milliseconds with three digits after the second: `2026-06-15T14:22:00.123Z`.
    package static func text(milliseconds: Int64) -> String {
        let (seconds, fraction) = self.divide(milliseconds, by: 1_000)
        return "\(self.toTheSecond(seconds)).\(self.padded(fraction, 3))Z"
    }

    /// Renders Unix milliseconds without the fraction of a second, which is cut off: `2026-06-15T14:22:00Z`.
    package static func shortText(milliseconds: Int64) -> String {
        self.toTheSecond(self.divide(milliseconds, by: 1_000).quotient) + "Z"
    }

    /// The beginning of a day in UTC, in Unix milliseconds: from `2026-06-15`; nil if there is no such day.
    package static func milliseconds(ofDay text: some StringProtocol) -> Int64? {
        let fields = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count == 10, fields.count == 3, let year = Int64(fields[0]), let month = Int64(fields[1]),
            let day = Int64(fields[2]), year >= 1970, (1...12).contains(month)
        else { return nil }
        let days = self.days(year: year, month: month, day: day)
        // The 30th of February comes back as a day of March.
        guard self.toTheSecond(days * 86_400).prefix(10) == text else { return nil }
        return days * 86_400_000
    }

    /// The inverse of ``civil(_:)``.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let (era, yearOfEra) = self.divide(month <= 2 ? year - 1 : year, by: 400)
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func toTheSecond(_ seconds: Int64) -> String {
        let (days, rest) = self.divide(seconds, by: 86_400)
        let (year, month, day) = self.civil(days)
        let time = "\(self.padded(rest / 3_600, 2)):\(self.padded(rest / 60 % 60, 2)):\(self.padded(rest % 60, 2))"
        return "\(self.padded(year, 4))-\(self.padded(month, 2))-\(self.padded(day, 2))T\(time)"
    }

    /// The date so many days after 1970-01-01 in the proleptic Gregorian calendar.
    ///
    /// Years are counted from March, which puts the leap day at the end, in eras of 400 years.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = self.divide(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// Division that rounds down, so that times before 1970 come out right.
    private static func divide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
