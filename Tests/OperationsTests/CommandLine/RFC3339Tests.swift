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
}
