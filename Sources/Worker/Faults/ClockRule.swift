/// Whether this machine's clock agrees with that of the networks.
///
/// It stops no work: a job's deadline and its receipt's times go by the network's clock, counted on without this
/// machine's (``NetworkClock``). But what needs the time of day is wrong: certificates look expired or not yet valid, the
/// hours of `[schedule]` begin at another time, and the log does not match anybody else's.
struct ClockRule: Sendable {
    /// A warning from this difference on, in milliseconds.
    static let warnedMilliseconds: Int64 = 5_000
    /// It ends below this, in milliseconds.
    static let agreedMilliseconds: Int64 = 3_000

    /// How far this machine's clock is behind a network's, in milliseconds.
    struct Offset: Sendable, Equatable {
        var network: String
        var milliseconds: Int64
    }

    private var isWarned = false

    mutating func measured(_ offsets: [Offset]) -> Fault? {
        let worst = offsets.max { $0.milliseconds.magnitude < $1.milliseconds.magnitude }
        let limit = isWarned ? Self.agreedMilliseconds : Self.warnedMilliseconds
        isWarned = worst.map { $0.milliseconds.magnitude >= limit } ?? false
        guard isWarned, let worst else { return nil }
        let seconds = (worst.milliseconds.magnitude + 500) / 1_000
        let direction = worst.milliseconds > 0 ? "behind" : "ahead of"
        return Fault(
            name: "clock",
            message:
                "this machine's clock is \(seconds) s \(direction) that of network \(worst.network): let it be set by "
                + "the network (timedatectl set-ntp true); jobs and receipts go by the network's time meanwhile",
            stopsWork: false
        )
    }
}
