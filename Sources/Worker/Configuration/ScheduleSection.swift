import Foundation
import Operations

/// `[schedule]`: the hours in which jobs are taken.
package struct ScheduleSection: Sendable {
    /// `nil`: always.
    var schedule: Schedule?

    init(_ table: inout ConfigurationTable) throws(ConfigurationError) {
        // time_zone: name in the time zone database, default the machine's.
        let zone = try table.optionalValue("time_zone", expected: "a time zone such as \"Europe/Berlin\"") {
            TimeZone(identifier: $0)
        }
        // hours: array of windows such as "Mon-Fri 18:00-08:00" (see ScheduleWindow); default: always.
        let isGiven = table.contains("hours")
        var windows: [ScheduleWindow] = []
        for text in try table.strings("hours") {
            guard let window = ScheduleWindow(text) else {
                throw table.error("hours", found: "\"\(SafeText.line(text))\"", expected: ScheduleWindow.expected)
            }
            windows.append(window)
        }
        guard isGiven else { return }
        guard !windows.isEmpty else {
            throw table.error("hours", expected: "at least one window; to take no jobs for a while, pause the worker")
        }
        schedule = Schedule(windows, timeZone: zone ?? .current)
    }
}
