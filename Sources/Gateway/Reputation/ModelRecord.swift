/// What the network remembers of a model: who asked for it, and how long its tokens are.
struct ModelRecord: Sendable {
    /// Receipts of which the bytes for each token are kept.
    static let ratiosKept = 256
    /// Receipts that are needed before another is held against them.
    static let ratiosNeeded = 20
    /// Tokens that a receipt must count to be compared: a word or two says nothing.
    static let tokensNeeded = 32
    /// A receipt with this many times the median's bytes for each token, or as much less, is far from it.
    static let farFromMedian = 3.0

    /// Jobs that callers asked for, those that nobody could take included.
    private(set) var asked = HourCount()
    /// Of those, the ones that needed a feature.
    private(set) var needing: [LiveWorker.Feature: HourCount] = [:]
    private var ratios: [Double] = []
    private var medianRatio = 0.0

    mutating func asked(needing features: Set<LiveWorker.Feature>, at now: Int64) {
        asked.add(at: now)
        for feature in features { needing[feature, default: HourCount()].add(at: now) }
    }

    /// What every job of the last hour needed and is not among `features`; nil if there were jobs without such a need.
    func featureNeeded(beyond features: Set<LiveWorker.Feature>, at now: Int64) -> LiveWorker.Feature? {
        let all = asked.count(at: now)
        guard all > 0 else { return nil }
        return needing.first { !features.contains($0.key) && $0.value.count(at: now) >= all }?.key
    }

    /// Takes the bytes and tokens of a receipt that held.
    ///
    /// - Returns: Whether the count is like that of the model's other receipts.
    mutating func settled(outputBytes: Int, completionTokens: Int) -> Bool {
        guard completionTokens >= Self.tokensNeeded else { return true }
        let ratio = Double(outputBytes) / Double(completionTokens)
        let isPlausible =
            ratios.count < Self.ratiosNeeded
            || (ratio <= medianRatio * Self.farFromMedian && ratio * Self.farFromMedian >= medianRatio)
        if ratios.count == Self.ratiosKept { ratios.removeFirst() }
        ratios.append(ratio)
        medianRatio = ratios.sorted()[(ratios.count - 1) / 2]
        return isPlausible
    }
}
