/// Tells whether another machine uses this worker's identity.
///
/// A session that supersedes ours once may be our own, back after a network fault that only we noticed. Twice within
/// ten minutes means that two machines take the identity from each other, and this one must stop.
struct TakeoverWatch: Sendable {
    static let window: Duration = .seconds(600)

    private var last: ContinuousClock.Instant?

    init() {}

    /// A session of ours was superseded.
    ///
    /// - Returns: Whether that was the second time within ten minutes.
    mutating func superseded(at now: ContinuousClock.Instant) -> Bool {
        defer { last = now }
        guard let last else { return false }
        return now - last < Self.window
    }
}
