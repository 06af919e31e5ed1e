/// How values are distributed, by counting those under some bounds.
package struct Histogram: Sendable, Equatable {
    /// Upper bounds of the buckets, ascending; a value that equals one is under it.
    private let bounds: [Double]
    /// For each bucket, and for what is above the last bound.
    private var counts: [Int]
    package private(set) var sum = 0.0
    package var count: Int { self.counts.reduce(0, +) }

    package init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "the bounds \(bounds) do not ascend")
        self.bounds = bounds
        self.counts = Array(repeating: 0, count: bounds.count + 1)
    }

    package mutating func observe(_ value: Double) {
        let bucket = self.bounds.firstIndex { value <= $0 } ?? self.bounds.count
        self.counts[bucket] += 1
        self.sum += value
    }

    /// Each bound with the number of values up to it; the last is infinite, with all of them.
    var cumulative: [(bound: Double, count: Int)] {
        var total = 0
        return zip(self.bounds + [.infinity], self.counts).map { bound, count in
            total += count
            return (bound, total)
        }
    }
}
