import Foundation
import Testing

@testable import Worker

struct ScheduleTests {
    private func schedule(_ windows: String..., zone: String = "Europe/Berlin") throws -> Schedule {
        Schedule(
            try windows.map { try #require(ScheduleWindow($0)) },
            timeZone: try #require(TimeZone(identifier: zone))
        )
    }

    /// A time in UTC: `2026-03-28T17:00:00Z`.
    private func utc(_ text: String) throws -> Date {
        try Date(text, strategy: .iso8601)
    }

    @Test func `a night that wraps belongs to the day on which it begins`() throws {
        let nights = try schedule("Mon-Fri 18:00-08:00", zone: "UTC")
        let expected: [(String, Bool)] = [
            ("2026-06-01T17:59:59Z", false),  // a Monday
            ("2026-06-01T18:00:00Z", true),
            ("2026-06-02T07:59:59Z", true),
            ("2026-06-02T08:00:00Z", false),
            ("2026-06-06T07:59:59Z", true),  // Saturday morning: Friday's night
            ("2026-06-06T18:00:00Z", false),
            ("2026-06-01T03:00:00Z", false),  // Monday morning: nobody's
        ]
        for (time, isOpen) in expected { #expect(try nights.isOpen(at: utc(time)) == isOpen, "\(time)") }
    }

    @Test func `Sunday's night wraps into Monday`() throws {
        let night = try schedule("Sun 22:00-06:00", zone: "UTC")
        #expect(try night.isOpen(at: utc("2026-06-01T05:59:00Z")))
        #expect(try !night.isOpen(at: utc("2026-06-01T06:00:00Z")))
        #expect(try night.nextChange(after: utc("2026-06-01T05:00:00Z")) == utc("2026-06-01T06:00:00Z"))
        #expect(try night.nextChange(after: utc("2026-06-01T06:00:00Z")) == utc("2026-06-07T22:00:00Z"))
        // Between Sunday and Monday nothing changes.
        #expect(try night.nextChange(after: utc("2026-06-07T23:00:00Z")) == utc("2026-06-08T06:00:00Z"))
    }

    @Test func `windows that touch have no change between them`() throws {
        let nights = try schedule("Mon-Fri 18:00-08:00", "Sat-Sun 00:00-24:00", "Mon 00:00-08:00", zone: "UTC")
        #expect(try nights.nextChange(after: utc("2026-06-05T18:00:00Z")) == utc("2026-06-08T08:00:00Z"))
    }

    @Test func `a schedule of all hours never changes`() throws {
        let always = try schedule("Mon-Sun 00:00-24:00")
        #expect(try always.isOpen(at: utc("2026-03-29T01:30:00Z")))
        #expect(try always.nextChange(after: utc("2026-03-29T00:30:00Z")) == nil)
        #expect(try always.closedReason(at: utc("2026-03-29T00:30:00Z")) == nil)
    }

    @Test func `the night to summer time is an hour shorter`() throws {
        // Berlin, 29 March 2026: 02:00 becomes 03:00.
        let nights = try schedule("Mon-Sun 22:00-06:00")
        #expect(try nights.nextChange(after: utc("2026-03-28T20:59:59Z")) == utc("2026-03-28T21:00:00Z"))
        #expect(try nights.nextChange(after: utc("2026-03-28T21:00:00Z")) == utc("2026-03-29T04:00:00Z"))
        #expect(try nights.nextChange(after: utc("2026-03-29T04:00:00Z")) == utc("2026-03-29T20:00:00Z"))
    }

    @Test func `the night from summer time is an hour longer`() throws {
        // Berlin, 25 October 2026: 03:00 becomes 02:00.
        let nights = try schedule("Mon-Sun 22:00-06:00")
        #expect(try nights.nextChange(after: utc("2026-10-24T20:00:00Z")) == utc("2026-10-25T05:00:00Z"))
    }

    @Test func `a window within the hour that is left out does not open`() throws {
        let hour = try schedule("Sun 02:10-02:50")
        #expect(try hour.nextChange(after: utc("2026-03-29T00:00:00Z")) == utc("2026-04-05T00:10:00Z"))
    }

    @Test func `a window that begins in the hour that is left out opens when that hour would be over`() throws {
        let hours = try schedule("Sun 02:30-05:00")
        #expect(try hours.nextChange(after: utc("2026-03-29T00:00:00Z")) == utc("2026-03-29T01:00:00Z"))
        #expect(try hours.nextChange(after: utc("2026-03-29T01:00:00Z")) == utc("2026-03-29T03:00:00Z"))
    }

    @Test func `a window within the hour that comes twice opens twice`() throws {
        let hour = try schedule("Sun 02:10-02:50")
        var time = try utc("2026-10-25T00:00:00Z")
        var changes: [Date] = []
        for _ in 0..<4 {
            time = try #require(hour.nextChange(after: time))
            changes.append(time)
        }
        let expected = ["00:10", "00:50", "01:10", "01:50"]
        #expect(try changes == expected.map { try utc("2026-10-25T\($0):00Z") })
    }

    @Test func `every change found is one, and none is left out`() throws {
        let nights = try schedule("Mon-Fri 18:00-08:00", "Sat 10:00-12:00", "Sun 02:10-02:50")
        // Over both changes of the clock, minute by minute.
        for start in ["2026-03-25T00:00:00Z", "2026-10-21T00:00:00Z"] {
            let start = try utc(start)
            var next = try #require(nights.nextChange(after: start))
            var wasOpen = nights.isOpen(at: start)
            for minute in 1...(7 * 24 * 60) {
                let time = start.addingTimeInterval(Double(minute * 60))
                let isOpen = nights.isOpen(at: time)
                #expect((isOpen != wasOpen) == (time == next), "\(time)")
                if time == next { next = try #require(nights.nextChange(after: time)) }
                wasOpen = isOpen
            }
        }
    }

    @Test func `the reason tells when it opens, with the day where it is far`() throws {
        let nights = try schedule("Mon-Fri 18:00-08:00")
        let near = try nights.closedReason(at: utc("2026-06-01T10:00:00Z"))
        #expect(near == "outside the hours of [schedule]; opens at 18:00")
        let far = try nights.closedReason(at: utc("2026-06-06T10:00:00Z"))
        #expect(far == "outside the hours of [schedule]; opens at 18:00 on Mon")
    }

    @Test(arguments: [
        "", "Mon", "Mon 8:00-10:00", "Mon 08:00", "Mon 08:00-25:00", "Mon 24:00-08:00", "Mon 08:60-09:00",
        "Mon 08:00-08:00", "Mun 08:00-10:00", "Mon- 08:00-10:00", "Mon-Tue-Wed 08:00-10:00", "Mon 08:00-10:00 x",
        "Mon 08:00-24:01", "Mon,, 08:00-10:00", "Mon +8:00-10:00",
    ])
    func `a text that is no window is refused`(text: String) {
        #expect(ScheduleWindow(text) == nil)
    }

    @Test func `days are one, a span over the week's end, or several`() {
        #expect(ScheduleWindow("Sat-Mon 10:00-12:00")?.days == [5, 6, 0])
        #expect(ScheduleWindow("mon,WED,Fri-Sat 10:00-12:00")?.days == [0, 2, 4, 5])
    }
}
