/// The newest times to first token of one worker for one model.
struct LatencySamples: Sendable, Equatable {
    /// Enough for a 95th percentile that one bad job does not make, and a bound.
    static let limit = 64

    /// Milliseconds, the newest last.
    private(set) var samples: [Int] = []
    /// Percentiles, kept because dispatch compares them and samples come seldom; 0 without samples.
    private(set) var p50 = 0
    private(set) var p95 = 0

    init(_ samples: [Int] = []) {
        self.samples = Array(samples.suffix(Self.limit))
        sort()
    }

    mutating func note(_ milliseconds: Int) {
        if samples.count == Self.limit { samples.removeFirst() }
        samples.append(milliseconds)
        sort()
    }

    private mutating func sort() {
        let sorted = samples.sorted()
        guard let last = sorted.last else { return }
        p50 = sorted[(sorted.count - 1) / 2]
        p95 = sorted.count < 20 ? last : sorted[(sorted.count * 95 - 1) / 100]
    }
}
