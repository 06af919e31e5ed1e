extension RFC3339 {
    /// A time in Unix milliseconds: from `2026-06-15T14:22:00Z`, also with a fraction of a second and any offset; `nil`
    /// if the text is no time, or one before 1970.
    ///
    /// A leap second counts as the first second of the next minute, which is when it ends. What is finer than a
    /// millisecond is cut off. Source: RFC 3339, section 5.6.
    package static func milliseconds(of text: String) -> Int64? {
        let form =
            #/([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))/#
        guard
            let (_, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute) = text.wholeMatch(of: form)?
                .output,
            let midnight = milliseconds(ofDay: day), let hours = number(hour, to: 23),
            let minutes = number(minute, to: 59),
            let seconds = number(second, to: 60), let offsetHours = number(offsetHour ?? "0", to: 23),
            let offsetMinutes = number(offsetMinute ?? "0", to: 59)
        else { return nil }
        let offset = (offsetHours * 60 + offsetMinutes) * (sign == "-" ? -1 : 1)
        let minuteOfDay = hours * 60 + minutes - offset
        // Leap seconds come at the end of a day in UTC.
        guard seconds < 60 || (minuteOfDay + 1).isMultiple(of: 1440) else { return nil }
        let thousandths = Int64((fraction ?? "").prefix(3).padded(to: 3)) ?? 0
        return midnight + (minuteOfDay * 60 + seconds) * 1000 + thousandths
    }

    private static func number(_ digits: Substring, to most: Int64) -> Int64? {
        Int64(digits).flatMap { $0 <= most ? $0 : nil }
    }
}

extension Substring {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: "0", count: Swift.max(0, width - count))
    }
}
