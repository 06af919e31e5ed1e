import Foundation

/// The hours of the week in which this worker takes jobs, by the clock on the wall.
///
/// Shape: intervals of local time that come again every week. A night that loses an hour to summer time is shorter and
/// one that gains an hour is longer; both begin and end at the hour that was written.
struct Schedule: Sendable, Equatable {
    /// Half-open, in minutes since Monday 00:00; those that run past Sunday are split in two.
    private let minutes: [Range<Int>]
    let timeZone: TimeZone

    /// - Parameters:
    ///   - windows: At least one.
    ///   - timeZone: Whose clock is meant.
    init(_ windows: [ScheduleWindow], timeZone: TimeZone) {
        minutes = Self.joined(windows.flatMap(\.minutes))
        self.timeZone = timeZone
    }

    static let minutesPerDay = 24 * 60
    static let minutesPerWeek = 7 * minutesPerDay

    /// The intervals in order, those that overlap or touch as one: between two of them there is a change.
    private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
        ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { joined, range in
            if let last = joined.last, range.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
    }

    /// Whether jobs are taken at a time.
    func isOpen(at time: Date) -> Bool { isOpen(second: second(of: time)) }

    private func isOpen(second: Int) -> Bool { minutes.contains { $0.contains(second / 60) } }

    /// The first time after `time` at which the hours begin or end; `nil` if they never do.
    func nextChange(after time: Date) -> Date? {
        let isOpen = isOpen(at: time)
        // A week and the hour that a clock may be set back.
        let horizon = time.addingTimeInterval(Double(Self.minutesPerWeek * 60 + 2 * 3600))
        var start = time
        while start < horizon {
            let shift = timeZone.nextDaylightSavingTimeTransition(after: start) ?? horizon
            // Until the clock is set anew, local time runs as ours does.
            let second = second(of: start)
            if let wait = wait(fromSecond: second, whileOpen: isOpen) {
                let change = Self.wholeSecond(start).addingTimeInterval(Double(wait))
                if change < shift { return change }
            }
            if self.isOpen(at: shift) != isOpen { return shift }
            start = shift
        }
        return nil
    }

    /// Seconds from a second of the week until the hours begin or end.
    private func wait(fromSecond second: Int, whileOpen isOpen: Bool) -> Int? {
        if self.isOpen(second: second) != isOpen { return 0 }
        let bounds = minutes.flatMap { [$0.lowerBound, $0.upperBound] }
        let week = Self.minutesPerWeek * 60
        return bounds.map { bound in
            let wait = (bound * 60 - second) % week
            return wait <= 0 ? wait + week : wait
        }
        .sorted()
        .first { self.isOpen(second: (second + $0) % week) != isOpen }
    }

    /// The second of the local week, from Monday 00:00.
    private func second(of time: Date) -> Int {
        let local = Int(Self.wholeSecond(time).timeIntervalSince1970) + timeZone.secondsFromGMT(for: time)
        // The Unix epoch was a Thursday.
        let sinceMonday = local + 3 * Self.minutesPerDay * 60
        let week = Self.minutesPerWeek * 60
        return ((sinceMonday % week) + week) % week
    }

    private static func wholeSecond(_ time: Date) -> Date {
        Date(timeIntervalSince1970: time.timeIntervalSince1970.rounded(.down))
    }

    /// Why no jobs are taken at a time, for people; `nil` within the hours.
    func closedReason(at time: Date) -> String? {
        guard !isOpen(at: time) else { return nil }
        guard let opening = nextChange(after: time) else { return "outside the hours of [schedule]" }
        let second = second(of: opening)
        let minute = second / 60 % Self.minutesPerDay
        let clock = ScheduleWindow.clock(minute)
        // "18:00" is understood as the next one.
        if opening.timeIntervalSince(time) < 24 * 3600 { return "outside the hours of [schedule]; opens at \(clock)" }
        let day = ScheduleWindow.Day.allCases[second / 60 / Self.minutesPerDay]
        return "outside the hours of [schedule]; opens at \(clock) on \(day.rawValue)"
    }
}
