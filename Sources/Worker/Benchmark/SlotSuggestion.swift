/// How many jobs at once a model should take, and why.
struct SlotSuggestion: Sendable, Equatable {
    /// Nil if nothing could be measured.
    var slots: Int?
    var reason: String

    /// Output that a caller should get at the least: about twice as fast as people read.
    static let floor = 10.0
    /// How much the output in all must grow for more jobs at once to be worth the slower answers.
    static let worthwhileGrowth = 1.1

    /// The highest concurrency up to which each step still brings noticeably more output in all, without failures, and
    /// leaves every request fast enough.
    ///
    /// `loads` are in ascending order of concurrency.
    init(_ loads: [LoadResult]) {
        guard let first = loads.first, first.requests > 0, first.failed == 0 else {
            reason = "requests failed: run `doctor` first"
            return
        }
        slots = first.concurrency
        var best = first
        for load in loads.dropFirst() {
            if let obstacle = Self.obstacle(to: load, after: best) {
                reason = obstacle
                return
            }
            best = load
            slots = load.concurrency
        }
        if first.outputTokensPerSecondPerRequest < Self.floor, loads.count == 1 {
            reason =
                "a single request gets \(Self.text(first.outputTokensPerSecondPerRequest)) tokens/s, "
                + "below \(Self.text(Self.floor)): callers will find it slow"
        } else {
            reason = "the highest that was measured; more may still help"
        }
    }

    private static func obstacle(to load: LoadResult, after best: LoadResult) -> String? {
        if load.failed > 0 {
            return "at \(load.concurrency), \(load.failed) of \(load.failed + load.requests) requests failed"
        }
        if load.outputTokensPerSecondPerRequest < floor {
            return "at \(load.concurrency) each request gets \(text(load.outputTokensPerSecondPerRequest)) tokens/s, "
                + "below \(text(floor))"
        }
        let growth = load.outputTokensPerSecond / max(best.outputTokensPerSecond, 1e-6)
        if growth < worthwhileGrowth {
            return "at \(load.concurrency) the output in all is \(text(load.outputTokensPerSecond)) tokens/s, "
                + "hardly more than \(text(best.outputTokensPerSecond)) at \(best.concurrency)"
        }
        return nil
    }

    /// One digit after the point.
    private static func text(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
