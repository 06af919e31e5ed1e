/// Quantities as people read them.
package enum HumanText {
    /// The two largest units, cut off: `2d 3h`, `4m 5s`, `1.5s`, `12ms`.
    package static func duration(_ duration: Duration) -> String {
        if duration < .zero { return "-" + self.duration(.zero - duration) }
        let milliseconds = duration.nanoseconds / 1_000_000
        let seconds = milliseconds / 1_000
        switch seconds {
        case 0: return "\(milliseconds)ms"
        case ..<60: return "\(seconds).\(milliseconds % 1_000 / 100)s"
        case ..<3_600: return "\(seconds / 60)m \(seconds % 60)s"
        case ..<86_400: return "\(seconds / 3_600)h \(seconds / 60 % 60)m"
        default: return "\(seconds / 86_400)d \(seconds / 3_600 % 24)h"
        }
    }

    /// Binary units with one digit: `512 B`, `1.5 KiB`, `4.0 GiB`.
    package static func bytes(_ count: Int) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB"]
        guard count >= 1_024 else { return "\(count) B" }
        var value = Double(count) / 1_024
        var unit = 0
        // What would be rounded to 1024.0 is one of the next unit.
        while value >= 1_023.95, unit < units.count - 1 {
            value /= 1_024
            unit += 1
        }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// How long ago, or how far ahead, a time in Unix milliseconds is: `5m 12s ago`, `in 3.0s`, `now`.
    package static func relative(_ milliseconds: Int64, now: Int64) -> String {
        let distance = now - milliseconds
        if abs(distance) < 1_000 { return "now" }
        return distance > 0
            ? "\(self.duration(.milliseconds(distance))) ago" : "in \(self.duration(.milliseconds(-distance)))"
    }

    /// Micro-USDC as USDC, without rounding and with at least two digits: `0.08 USDC`, `0.000075 USDC`.
    package static func usdc(micro: Int) -> String {
        let sign = micro < 0 ? "-" : ""
        let (whole, fraction) = micro.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var digits = String(fraction)
        digits = String(repeating: "0", count: 6 - digits.count) + digits
        while digits.count > 2, digits.hasSuffix("0") {
            digits.removeLast()
        }
        return "\(sign)\(whole).\(digits) USDC"
    }

    /// A number and its noun: `1 job`, `2 jobs`; `plural` is for nouns that take more than an s.
    package static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
        "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
    }
}
