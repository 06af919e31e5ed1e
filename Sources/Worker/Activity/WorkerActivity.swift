import Synchronization

/// Takes note of what happens to offers and jobs, and tells it to those who ask.
final class WorkerActivity: Sendable {
    private let window: Mutex<ActivityWindow>

    init(start: ContinuousClock.Instant = .now) {
        window = Mutex(ActivityWindow(start: start))
    }

    func record(_ event: JobEvent, at now: ContinuousClock.Instant = .now) {
        window.withLock { $0.record(event, at: now) }
    }

    /// The last hour, to be asked for sums.
    var lastHour: ActivityWindow { window.withLock { $0 } }
}
