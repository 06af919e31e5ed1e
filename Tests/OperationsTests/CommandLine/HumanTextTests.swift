import Operations
import Testing

struct HumanTextTests {
    @Test(arguments: [
        (Duration.milliseconds(12), "12ms"),
        (.milliseconds(1_599), "1.5s"),
        (.seconds(245), "4m 5s"),
        (.seconds(7_260), "2h 1m"),
        (.seconds(183_600), "2d 3h"),
        (.seconds(-90), "-1m 30s"),
    ])
    func `durations show their two largest units`(_ duration: Duration, _ text: String) {
        #expect(HumanText.duration(duration) == text)
    }

    @Test(arguments: [
        (0, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KiB"), (1_536, "1.5 KiB"), (1_048_575, "1.0 MiB"),
        (4_294_967_296, "4.0 GiB"),
    ])
    func `bytes never read as 1024 of a unit`(_ count: Int, _ text: String) {
        #expect(HumanText.bytes(count) == text)
    }

    @Test func `times are told from now`() {
        #expect(HumanText.relative(1_000, now: 1_500) == "now")
        #expect(HumanText.relative(0, now: 312_000) == "5m 12s ago")
        #expect(HumanText.relative(3_000, now: 0) == "in 3.0s")
    }

    @Test(arguments: [
        (80_000, "0.08 USDC"), (75, "0.000075 USDC"), (0, "0.00 USDC"), (-1_500_000, "-1.50 USDC"),
        (12_345_670_000, "12345.67 USDC"), (.min, "-9223372036854.775808 USDC"),
    ])
    func `money is shown to the last digit`(_ micro: Int, _ text: String) {
        #expect(HumanText.usdc(micro: micro) == text)
    }

    @Test func `a noun agrees with its number`() {
        #expect(HumanText.count(1, "job") == "1 job")
        #expect(HumanText.count(0, "job") == "0 jobs")
        #expect(HumanText.count(1, "entry", plural: "entries") == "1 entry")
        #expect(HumanText.count(2, "entry", plural: "entries") == "2 entries")
    }
}
