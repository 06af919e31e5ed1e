/// How often a worker may tell its whole state, as a value: each time costs the gateway a look at all that waits.
struct StateReportBudget: Sendable, Equatable {
    /// Announces and heartbeats in one window; a worker whose models flap sends a few each second.
    static let limit = 200
    static let window: Duration = .seconds(10)

    private var began: ContinuousClock.Instant?
    private var count = 0

    /// Takes one report.
    ///
    /// - Returns: False if it is one too many.
    mutating func take(at now: ContinuousClock.Instant) -> Bool {
        if let began, now - began < Self.window {
            count += 1
        } else {
            began = now
            count = 1
        }
        return count <= Self.limit
    }
}
