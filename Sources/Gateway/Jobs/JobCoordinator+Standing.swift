import Synchronization
import WorkerProtocol

// What workers are told of their standing and of their record.

extension JobCoordinator {
    /// Tells a worker its standing, as the answer to its announcement.
    func sendStanding(toSession sessionID: String) {
        send(hub.standingsDue(after: .zero, toSession: sessionID, at: .now), evenUnchanged: true)
    }

    /// Tells the workers whose standing has changed, each at most every 5 s.
    func sendChangedStandings(at now: ContinuousClock.Instant) {
        send(hub.standingsDue(after: Self.standingInterval, at: now), evenUnchanged: false)
    }

    private static let standingInterval: Duration = .seconds(5)

    private func send(_ due: WorkerHub.StandingsDue, evenUnchanged: Bool) {
        guard !due.workers.isEmpty else { return }
        let models = Set(due.workers.flatMap(\.worker.models.keys))
        let waiting = state.withLock { state in
            Dictionary(uniqueKeysWithValues: models.map { ($0, state.waiting.count(of: $0)) })
        }
        for (worker, last) in due.workers {
            let standing = WorkerStanding(worker: worker, moment: due.moment, catalogue: catalogue, waiting: waiting)
                .wire
            guard evenUnchanged || standing != last else { continue }
            hub.noteStanding(standing, ofSession: worker.sessionID, at: .now)
            hub.post(
                .make { $0.standing = standing },
                toSession: worker.sessionID,
                bytes: 256 + 256 * worker.models.count
            )
        }
    }
}
