import Operations
import Signing
import Synchronization
import WorkerProtocol

// What was told to whom.

extension WorkerHub {
    /// Workers to look at, with the standing that each was told last, and the moment to judge them by.
    struct StandingsDue: Sendable {
        var workers: [(worker: LiveWorker, last: WireStanding?)]
        var moment: NetworkMoment
    }

    /// What was told, and when.
    struct SentStanding: Sendable {
        var standing: WireStanding
        var at: ContinuousClock.Instant
    }

    /// The workers, or the one of a session, that were told nothing for `interval`.
    func standingsDue(
        after interval: Duration,
        toSession sessionID: String? = nil,
        at instant: ContinuousClock.Instant
    ) -> StandingsDue {
        let now = clock.nowMilliseconds
        return state.withLock { state in
            let workers = state.registry.workers.values.compactMap { worker -> (LiveWorker, WireStanding?)? in
                guard sessionID == nil || worker.sessionID == sessionID else { return nil }
                let sent = state.standings[worker.sessionID]
                // Before its first announcement a session has no standing.
                if let sent { return instant - sent.at >= interval ? (worker, sent.standing) : nil }
                return sessionID == nil ? nil : (worker, nil)
            }
            return StandingsDue(
                workers: workers.map { (worker: $0, last: $1) },
                moment: NetworkMoment(
                    registry: state.registry,
                    reputation: state.reputation,
                    isDraining: state.isDraining,
                    now: now
                )
            )
        }
    }

    func noteStanding(_ standing: WireStanding, ofSession sessionID: String, at instant: ContinuousClock.Instant) {
        state.withLock { state in
            guard state.connections[sessionID] != nil else { return }
            state.standings[sessionID] = SentStanding(standing: standing, at: instant)
        }
    }

    /// Everything as it is now.
    var moment: NetworkMoment {
        let now = clock.nowMilliseconds
        return state.withLock { state in
            NetworkMoment(
                registry: state.registry,
                reputation: state.reputation,
                isDraining: state.isDraining,
                now: now
            )
        }
    }
}
