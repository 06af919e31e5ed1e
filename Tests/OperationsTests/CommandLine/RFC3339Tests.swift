import Foundation
import Operations
import Testing

struct RFC3339Tests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_868_799_000, "2000-02-29T23:59:59.000Z"),
            (1_781_533_320_123, "2026-06-15T14:22:00.123Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func `known times come out right`(_ milliseconds: Int64, _ text: String) {
        #expect(RFC3339.text(milliseconds: milliseconds) == text)
    }

    @Test func `every day of two centuries agrees with Foundation`() {
        let style = Date.ISO8601FormatStyle()
        for day in Int64(-36_525)...36_525 {
            let seconds = day * 86_400 + 3_723
            let expected = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(style)
            if RFC3339.shortText(milliseconds: seconds * 1_000) != expected {
                Issue.record("\(RFC3339.shortText(milliseconds: seconds * 1_000)) is not \(expected)")
                return
            }
        }
    }

    @Test(arguments: [
        ("1970-01-01", 0), ("2024-02-29", 1_709_164_800_000), ("2025-06-16", 1_750_032_000_000),
        ("2100-03-01", 4_107_542_400_000),
    ])
    func `the beginning of a day is read in UTC`(text: String, milliseconds: Int64) {
        #expect(RFC3339.milliseconds(ofDay: text) == milliseconds)
    }

    @Test(arguments: [
        "", "2025", "2025-6-16", "2025-02-29", "2025-04-31", "2025-13-01", "2025-00-10", "2025-01-00", "1969-12-31",
        "+025-01-01", "2025-06-16T00:00", "20250616--", "２０２５-06-16",
    ])
    func `what is no day is not read`(text: String) {
        #expect(RFC3339.milliseconds(ofDay: text) == nil)
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-06-15T14:22:00.123Z", 1_781_533_320_123),
        ("2026-06-15t16:22:00.1239+02:00", 1_781_533_320_123), ("2026-06-14T19:47:00.5-18:35", 1_781_533_320_500),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000), ("2017-01-01T00:59:60+01:00", 1_483_228_800_000),
    ])
    func `a time is read with its fraction and its offset`(text: String, milliseconds: Int64) {
        #expect(RFC3339.milliseconds(of: text) == milliseconds)
    }

    @Test(arguments: [
        "", "tomorrow", "2026-06-15", "2026-06-15T14:22:00", "2026-06-15 14:22:00Z", "2026-06-15T24:00:00Z",
        "2026-06-15T14:60:00Z", "2026-06-15T14:22:60Z", "2026-06-15T14:22:00.Z", "2026-06-15T14:22:00+0200",
        "2026-06-15T14:22:00+24:00", "2026-02-30T00:00:00Z", "2026-06-15T14:22:00Z ",
    ])
    func `what is no time is not read`(text: String) {
        #expect(RFC3339.milliseconds(of: text) == nil)
    }
}
