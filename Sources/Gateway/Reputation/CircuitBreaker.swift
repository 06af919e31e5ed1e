/// Sets a worker aside whose jobs fail in a row, for longer each time.
///
/// Kept by the worker's address, over sessions and restarts, and ended early by nothing but time.
struct CircuitBreaker: Sendable, Equatable {
    struct Limits: Sendable {
        /// Failures in a row before the first time.
        var failuresInRow = 3
        /// How long the first time lasts, before jitter; zero: nobody is ever set aside.
        var firstBackOff: Duration = .seconds(30)

        /// How much longer than the first each further time is: 30 s, 2 min, 10 min, and an hour from then on.
        static let growth = [1, 4, 20, 120]
        /// Back-offs differ by this part, so that workers that failed together do not all return together.
        static let jitter = 0.8...1.2
    }

    /// Whether jobs come.
    enum Verdict: Sendable, Equatable {
        case open
        /// No jobs before this time, Unix milliseconds.
        case setAside(until: Int64)
        /// The time is over: one job at a time, until one succeeds.
        case onTrial
    }

    /// Since the last job that succeeded.
    private(set) var failuresInRow = 0
    private(set) var timesSetAside = 0
    /// Unix milliseconds; nil if it was not set aside since the last job that succeeded.
    private(set) var until: Int64?
    /// The failure that did it, for people.
    private(set) var reason = ""

    init() {}

    init(failuresInRow: Int, timesSetAside: Int, until: Int64?, reason: String) {
        self.failuresInRow = failuresInRow
        self.timesSetAside = timesSetAside
        self.until = until
        self.reason = reason
    }

    func verdict(at now: Int64) -> Verdict {
        guard let until else { return .open }
        return now < until ? .setAside(until: until) : .onTrial
    }

    /// A job failed.
    ///
    /// One that was running when the worker was set aside changes nothing: it tells of the same fault.
    ///
    /// - Parameters:
    ///   - reason: For people.
    ///   - now: Unix milliseconds.
    ///   - limits: When, and for how long.
    ///   - jitter: In ``Limits/jitter``.
    /// - Returns: Whether the worker is set aside from now on.
    mutating func failed(_ reason: String, at now: Int64, limits: Limits, jitter: Double) -> Bool {
        let verdict = verdict(at: now)
        if case .setAside = verdict { return false }
        failuresInRow += 1
        guard limits.firstBackOff > .zero, verdict == .onTrial || failuresInRow >= limits.failuresInRow else {
            return false
        }
        let growth = Limits.growth[min(timesSetAside, Limits.growth.count - 1)]
        let seconds = limits.firstBackOff * growth / .seconds(1) * jitter
        timesSetAside += 1
        until = now + Int64(seconds * 1_000)
        self.reason = reason
        return true
    }

    /// A job came to a receipt that held.
    mutating func succeeded(at now: Int64) {
        if case .setAside = verdict(at: now) { return }
        self = CircuitBreaker()
    }
}
