import GatewayStore
import InferenceAPI
import Operations
import Signing
import Synchronization
import WorkerProtocol

// What workers are judged by, on its way to the book; and from the book to the disk.

extension WorkerHub {
    /// A caller asked for a job, whether or not anybody can take it.
    func asked(_ model: String, needs: Set<LiveWorker.Feature>) {
        let now = clock.nowMilliseconds
        state.withLock { $0.reputation.asked(model, needs: needs, at: now) }
    }

    func offered(_ model: String, to worker: Address) {
        let now = clock.nowMilliseconds
        state.withLock { $0.reputation.offered(model, to: worker, at: now) }
    }

    func accepted(_ model: String, by worker: Address) {
        let now = clock.nowMilliseconds
        state.withLock { $0.reputation.accepted(model, by: worker, at: now) }
    }

    /// A job is paid; `timeToFirstToken` is in milliseconds from the offer.
    func settled(
        _ model: String,
        by worker: Address,
        timeToFirstToken: Int?,
        outputBytes: Int,
        completionTokens: Int
    ) {
        let now = clock.nowMilliseconds
        state.withLock {
            $0.reputation.settled(
                model,
                by: worker,
                timeToFirstToken: timeToFirstToken,
                outputBytes: outputBytes,
                completionTokens: completionTokens,
                at: now
            )
        }
    }

    /// Judges a worker by an attempt that did not come to a receipt.
    ///
    /// - Returns: Until when the worker is set aside from now on, Unix milliseconds; nil if it is not.
    func ended(
        _ attempt: JobExchange.Attempt,
        at jobID: JobID,
        of model: String,
        _ outcome: AttemptOutcome
    ) -> Int64? {
        let now = clock.nowMilliseconds
        switch outcome {
        case .settled, .withdrawn:
            return nil
        case .refused(let refusal):
            state.withLock { state in
                let hosted = state.registry.workers[attempt.worker]?.models[model]
                let withFreeSlots = !refusal.isAboutTheRequest && (hosted?.announcedFree ?? 0) > 0
                state.reputation.refused(model, by: attempt.worker, withFreeSlots: withFreeSlots, at: now)
            }
            return nil
        case .failed(let fault):
            let record = state.withLock { state -> ReputationRecord? in
                var random = SystemRandomNumberGenerator()
                let isSetAside = state.reputation.failed(
                    .init(at: now, jobID: jobID.description, model: model, fault: fault),
                    by: attempt.worker,
                    sessionID: attempt.sessionID,
                    using: &random
                )
                guard isSetAside else { return nil }
                return state.reputation.workers[attempt.worker].map {
                    ReputationRecord($0, of: attempt.worker, at: now)
                }
            }
            guard let record else { return nil }
            // At once, so that a restart does not free it; the rest may wait for the next round.
            keep([record])
            return record.setAsideUntil
        }
    }

    /// Computes the scores anew, and keeps what changed.
    ///
    /// One row for each worker that changed, all in one commit, however many jobs there were meanwhile: a crash loses
    /// the counts of a few seconds and no verdict.
    func refreshReputation(keepingAll: Bool) {
        let now = clock.nowMilliseconds
        let changed = state.withLock { state -> [Address: WorkerReputation] in
            state.reputation.refresh(live: state.registry.announcedModels, at: now)
            return keepingAll ? state.reputation.takeAll(at: now) : state.reputation.takeChanged(at: now)
        }
        keep(changed.map { ReputationRecord($0.value, of: $0.key, at: now) })
    }

    // MARK: Bans

    /// Why the network does not take a worker; nil if it does.
    func ban(of worker: Address) -> String? { state.withLock { $0.bans[worker] } }

    /// Turns a worker away from now on, and ends its session.
    func ban(_ worker: Address, reason: String) {
        let connection = state.withLock { state in
            state.bans[worker] = reason
            return state.registry.workers[worker].flatMap { state.connections[$0.sessionID] }
        }
        connection?.end(.banned, WorkerHub.banMessage(reason))
    }

    func unban(_ worker: Address) {
        state.withLock { $0.bans[worker] = nil }
    }

    /// What a banned worker's operator is told.
    static func banMessage(_ reason: String) -> String {
        reason.isEmpty
            ? "this network does not take this worker; ask its operator"
            : "this network does not take this worker (\(reason)); ask its operator"
    }
}
