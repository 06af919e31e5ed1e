/// What a score is made of, each part from 0 to 1.
struct ScoreParts: Sendable, Equatable {
    /// Jobs accepted that came to a receipt.
    var completion: Double
    /// Against the workers of the same model: 0.5 is as fast as the median of them, more is faster.
    var timeToFirstToken: Double
    /// Receipts that held, and whose count of tokens was like the model's.
    var proof: Double
    /// Time with a session.
    var uptime: Double

    /// The weights of reputation: 0.35, 0.30, 0.25 and 0.10.
    var score: Double { 0.35 * completion + 0.30 * timeToFirstToken + 0.25 * proof + 0.10 * uptime }

    /// What a worker counts as that nothing is known of, among others of whom nothing is known.
    static let unknown = ScoreParts(completion: 1, timeToFirstToken: 0.5, proof: 1, uptime: 1)

    /// A rate that begins at the median of the others and becomes the worker's own with what is known of it.
    ///
    /// - Parameters:
    ///   - good: How much went well.
    ///   - all: How much was judged.
    ///   - median: The others' rate.
    ///   - weight: How much must be judged before it counts as much as the median.
    /// - Returns: From 0 to 1.
    static func rate(_ good: Double, of all: Double, median: Double, weight: Double) -> Double {
        (good + weight * median) / (all + weight)
    }

    /// How a time compares with the others' median: 0.5 at the median, 1/3 at twice it, 2/3 at half of it.
    static func speed(_ own: Int, median: Int) -> Double {
        let own = Double(max(1, own))
        let median = Double(max(1, median))
        return median / (median + own)
    }
}
