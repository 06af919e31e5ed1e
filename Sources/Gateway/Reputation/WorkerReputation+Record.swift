import GatewayStore
import Signing

extension ReputationRecord {
    /// The row of a worker's reputation as of `now`, Unix milliseconds.
    init(_ reputation: WorkerReputation, of worker: Address, at now: Int64) {
        self.init(worker: worker.description, asOf: now)
        accepted = reputation.accepted.value(at: now)
        completed = reputation.completed.value(at: now)
        failed = reputation.failed.value(at: now)
        proofsJudged = reputation.proofsJudged.value(at: now)
        proofsAccepted = reputation.proofsAccepted.value(at: now)
        observedMilliseconds = reputation.uptime.observed.value(at: now)
        upMilliseconds = reputation.uptime.up.value(at: now)
        failuresInRow = reputation.breaker.failuresInRow
        timesSetAside = reputation.breaker.timesSetAside
        setAsideUntil = reputation.breaker.until
        setAsideReason = reputation.breaker.reason
        latencies = reputation.latencies.mapValues(\.samples)
        failures = reputation.failures.map {
            Failure(at: $0.at, jobID: $0.jobID, model: $0.model, fault: $0.fault.rawValue)
        }
    }
}

extension WorkerReputation {
    /// What a row says, for a gateway that starts at `now`: the time between is nobody's.
    init(_ record: ReputationRecord, startedAt now: Int64) {
        self.init(firstSeenAt: now)
        func count(_ amount: Double) -> DecayingCount { DecayingCount(amount, at: record.asOf) }
        accepted = count(record.accepted)
        completed = count(record.completed)
        failed = count(record.failed)
        proofsJudged = count(record.proofsJudged)
        proofsAccepted = count(record.proofsAccepted)
        uptime = Uptime(
            observed: count(record.observedMilliseconds),
            up: count(record.upMilliseconds),
            observedFrom: now
        )
        breaker = CircuitBreaker(
            failuresInRow: record.failuresInRow,
            timesSetAside: record.timesSetAside,
            until: record.setAsideUntil,
            reason: record.setAsideReason
        )
        latencies = record.latencies.mapValues { LatencySamples($0) }
        failures = record.failures.compactMap { failure in
            // A word that this version does not know is one of a newer one's: not worth refusing the start.
            WorkerFault(rawValue: failure.fault).map {
                Failure(at: failure.at, jobID: failure.jobID, model: failure.model, fault: $0)
            }
        }
    }
}

extension ReputationBook {
    /// What the database holds, for a gateway that starts at `now`.
    init(_ records: [ReputationRecord], startedAt now: Int64, limits: CircuitBreaker.Limits) {
        var workers: [Address: WorkerReputation] = [:]
        for record in records {
            guard let worker = try? Address(base58: record.worker) else { continue }
            workers[worker] = WorkerReputation(record, startedAt: now)
        }
        self.init(workers: workers, limits: limits)
    }
}
