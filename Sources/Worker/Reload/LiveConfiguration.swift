import Synchronization

/// The configuration as it is now: what was read at the start, or at the last reload.
///
/// Parts whose keys may change while the daemon runs ask here each time; the others have taken theirs at the start.
final class LiveConfiguration: Sendable {
    private let present: Mutex<WorkerConfiguration>
    /// What the daemon started with.
    let start: WorkerConfiguration

    init(_ configuration: WorkerConfiguration) {
        start = configuration
        present = Mutex(configuration)
    }

    var current: WorkerConfiguration { present.withLock { $0 } }

    func replace(with configuration: WorkerConfiguration) {
        present.withLock { $0 = configuration }
    }
}
