/// Hours on some days of the week: `Mon-Fri 18:00-08:00`.
///
/// Shape: days, a blank, two times. Days are `Mon` to `Sun`, a span of them (`Fri-Mon` goes over the weekend), or several
/// with commas. Times are `HH:MM`, the second also `24:00`; one that is not later than the first is on the next day.
struct ScheduleWindow: Sendable, Equatable {
    enum Day: String, CaseIterable, Sendable {
        case monday = "Mon"
        case tuesday = "Tue"
        case wednesday = "Wed"
        case thursday = "Thu"
        case friday = "Fri"
        case saturday = "Sat"
        case sunday = "Sun"
    }

    /// The days on which it begins, 0 for Monday.
    let days: Set<Int>
    /// Minutes since midnight.
    let start: Int
    let end: Int

    /// Reads the text form; `nil` if it is none.
    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let days = Self.days(parts[0]) else { return nil }
        let times = parts[1].split(separator: "-", omittingEmptySubsequences: false)
        guard times.count == 2, let start = Self.minute(times[0]), let end = Self.minute(times[1]),
            start < Schedule.minutesPerDay, start != end
        else { return nil }
        self.days = days
        self.start = start
        self.end = end
    }

    /// What a text must be, for the error.
    static let expected = "days and hours such as \"Mon-Fri 18:00-08:00\" or \"Sat,Sun 00:00-24:00\""

    /// A time of day as people write it, such as `18:00`.
    static func clock(_ minute: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }

    /// As intervals of the week, in minutes since Monday 00:00.
    var minutes: [Range<Int>] {
        days.flatMap { day -> [Range<Int>] in
            let from = day * Schedule.minutesPerDay + start
            let to = day * Schedule.minutesPerDay + end + (end <= start ? Schedule.minutesPerDay : 0)
            let week = Schedule.minutesPerWeek
            return to <= week ? [from..<to] : [from..<week, 0..<(to - week)]
        }
    }

    private static func days(_ text: Substring) -> Set<Int>? {
        var days: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(day)
            guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil else { return nil }
            days.formUnion((0...((last - first + 7) % 7)).map { (first + $0) % 7 })
        }
        return days
    }

    private static func day(_ text: Substring) -> Int? {
        Day.allCases.firstIndex { $0.rawValue.lowercased() == text.lowercased() }
    }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.allSatisfy { ("0"..."9").contains($0) } }),
            let hour = UInt8(parts[0]), let minute = UInt8(parts[1]), minute < 60,
            hour < 24 || (hour == 24 && minute == 0)
        else { return nil }
        return Int(hour) * 60 + Int(minute)
    }
}
