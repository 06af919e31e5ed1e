/// Refusals in a row of one worker for one model while it announced free slots.
///
/// A refusal is no failure. But offers that are always refused keep callers waiting, so the worker is passed over for a
/// little while.
struct RefusalRun: Sendable, Equatable {
    static let limit = 3
    /// In milliseconds: two heartbeats, after which what the worker announces is true again.
    static let pause: Int64 = 10_000

    private(set) var count = 0
    private var until: Int64 = 0

    mutating func refused(at now: Int64) {
        count += 1
        if count >= Self.limit { until = now + Self.pause }
    }

    mutating func accepted() { self = RefusalRun() }

    func isPassedOver(at now: Int64) -> Bool { now < until }
}
