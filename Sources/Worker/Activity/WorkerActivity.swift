import Synchronization
import WorkerStore

/// Takes note of what happens to offers and jobs, and tells it to those who ask.
final class WorkerActivity: Sendable {
    /// Where those who listen hear of it at once.
    let events: EventHub
    private let window: Mutex<ActivityWindow>
    private let tally = Mutex(JobTally())

    init(events: EventHub = EventHub(), start: ContinuousClock.Instant = .now) {
        self.events = events
        window = Mutex(ActivityWindow(start: start))
    }

    func record(_ event: JobEvent, at now: ContinuousClock.Instant = .now) {
        window.withLock { $0.record(event, at: now) }
        tally.withLock { $0.record(event) }
        events.publish { WorkerEvent(event, at: $0) }
    }

    /// Adds the tokens and the times of a job whose receipt is on disk.
    func finished(_ job: FinishedJob) {
        tally.withLock { $0.finished(job) }
    }

    /// Everything since the start, for the metrics.
    var sinceStart: JobTally { tally.withLock { $0 } }

    /// The last hour, to be asked for sums.
    var lastHour: ActivityWindow { window.withLock { $0 } }
}
