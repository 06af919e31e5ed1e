import Synchronization

/// Counts what became of messages since the start, for the metrics.
final class DeliveryMeter: Sendable {
    /// What has been counted, as a value; sums never go down.
    struct Tally: Sendable, Equatable {
        var delivered = 0
        /// Attempts that failed; most are made again.
        var failed = 0
        /// Messages whose last attempt failed.
        var dead = 0
        /// Webhooks that were disabled because nothing arrived.
        var disabled = 0
    }

    private let tally = Mutex(Tally())

    var snapshot: Tally { tally.withLock { $0 } }

    func update(_ event: (inout Tally) -> Void) {
        tally.withLock { event(&$0) }
    }
}
