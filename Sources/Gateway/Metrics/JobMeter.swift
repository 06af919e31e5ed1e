import Operations
import Synchronization

/// Counts how jobs ended since the start, for the metrics.
final class JobMeter: Sendable {
    /// What has been counted, as a value; sums never go down.
    struct Tally: Sendable, Equatable {
        /// Ended jobs, by model and then by the status with which they ended.
        private(set) var ended: [String: [String: Int]] = [:]
        /// From the caller's request to the first token, by model.
        private(set) var timeToFirstToken: [String: Histogram] = [:]

        mutating func ended(model: String, status: String) {
            ended[model, default: [:]][status, default: 0] += 1
        }

        mutating func settled(model: String, millisecondsToFirstToken: Int?) {
            ended(model: model, status: "settled")
            guard let millisecondsToFirstToken else { return }
            timeToFirstToken[model, default: Histogram(bounds: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60])]
                .observe(Double(millisecondsToFirstToken) / 1_000)
        }
    }

    private let tally = Mutex(Tally())

    var snapshot: Tally { tally.withLock { $0 } }

    func update(_ event: (inout Tally) -> Void) {
        tally.withLock { event(&$0) }
    }
}
