import Signing

/// What the network remembers of its workers and models, and the scores that follow from it, as a value.
///
/// Dispatch reads scores that ``refresh(live:at:)`` made, seconds old at most: they move over days. Who is set aside it
/// reads as it is.
struct ReputationBook: Sendable {
    let limits: CircuitBreaker.Limits
    private(set) var workers: [Address: WorkerReputation]
    private(set) var models: [String: ModelRecord] = [:]
    /// Of live workers, by model.
    private(set) var scores: [Address: [String: Double]] = [:]
    private(set) var bestScores: [String: Double] = [:]
    private var medianScores: [String: Double] = [:]
    private(set) var medians = ScoreParts.unknown
    private var medianLatencies: [String: (p50: Int, p95: Int)] = [:]
    /// Workers whose counts are not on disk as they are here.
    private(set) var changed: Set<Address> = []

    init(workers: [Address: WorkerReputation] = [:], limits: CircuitBreaker.Limits = .init()) {
        self.workers = workers
        self.limits = limits
    }

    // MARK: What dispatch asks

    func score(of worker: Address, for model: String) -> Double {
        scores[worker]?[model] ?? medianScores[model] ?? ScoreParts.unknown.score
    }

    func verdict(on worker: Address, at now: Int64) -> CircuitBreaker.Verdict {
        workers[worker]?.breaker.verdict(at: now) ?? .open
    }

    /// Whether the worker refuses offers for the model while it announces free slots.
    func isPassedOver(_ worker: Address, for model: String, at now: Int64) -> Bool {
        workers[worker]?.refusalRuns[model]?.isPassedOver(at: now) ?? false
    }

    // MARK: What happened

    mutating func sessionBegan(_ worker: Address, at now: Int64) {
        update(worker, at: now) { $0.uptime.sessionBegan(at: now) }
    }

    /// An address costs nothing: one that never had a job is forgotten with its session.
    mutating func sessionEnded(_ worker: Address, at now: Int64) {
        guard workers[worker]?.hasHistory(at: now) == true else {
            workers[worker] = nil
            changed.remove(worker)
            return
        }
        update(worker, at: now) { $0.uptime.sessionEnded(at: now) }
    }

    /// A caller asked for a job, whether or not anybody can take it.
    mutating func asked(_ model: String, needs: Set<LiveWorker.Feature>, at now: Int64) {
        models[model, default: ModelRecord()].asked(needing: needs, at: now)
    }

    mutating func offered(_ model: String, to worker: Address, at now: Int64) {
        // Of the last hour alone, so nothing of it goes to the disk.
        workers[worker, default: WorkerReputation(firstSeenAt: now)].offered(model, at: now)
    }

    mutating func accepted(_ model: String, by worker: Address, at now: Int64) {
        update(worker, at: now) { $0.accepted(model, at: now) }
    }

    mutating func refused(_ model: String, by worker: Address, withFreeSlots: Bool, at now: Int64) {
        workers[worker, default: WorkerReputation(firstSeenAt: now)]
            .refused(model, withFreeSlots: withFreeSlots, at: now)
    }

    /// A job is paid.
    mutating func settled(
        _ model: String,
        by worker: Address,
        timeToFirstToken: Int?,
        outputBytes: Int,
        completionTokens: Int,
        at now: Int64
    ) {
        let isPlausible = models[model, default: ModelRecord()].settled(
            outputBytes: outputBytes,
            completionTokens: completionTokens
        )
        update(worker, at: now) {
            $0.settled(model, timeToFirstToken: timeToFirstToken, isCountPlausible: isPlausible, at: now)
        }
    }

    /// A job failed by the worker's doing.
    ///
    /// - Returns: Whether the worker is set aside from now on.
    mutating func failed(
        _ failure: WorkerReputation.Failure,
        by worker: Address,
        sessionID: String,
        using random: inout some RandomNumberGenerator
    ) -> Bool {
        let limits = limits
        let jitter = Double.random(in: CircuitBreaker.Limits.jitter, using: &random)
        return update(worker, at: failure.at) {
            $0.failed(failure, sessionID: sessionID, limits: limits, jitter: jitter)
        }
    }

    private mutating func update<Result>(
        _ worker: Address,
        at now: Int64,
        _ change: (inout WorkerReputation) -> Result
    ) -> Result {
        changed.insert(worker)
        return change(&workers[worker, default: WorkerReputation(firstSeenAt: now)])
    }

    // MARK: Time

    /// Computes the scores of the live workers anew; `live` is what each announces.
    mutating func refresh(live: [Address: Set<String>], at now: Int64) {
        medians = medianParts(at: now)
        var ofModel: [String: [LatencySamples]] = [:]
        for (worker, announced) in live {
            workers[worker]?.uptime.observe(until: now)
            for model in announced {
                guard let samples = workers[worker]?.latencies[model], !samples.samples.isEmpty else { continue }
                ofModel[model, default: []].append(samples)
            }
        }
        medianLatencies = ofModel.mapValues { samples in
            (p50: median(samples.map(\.p50)) ?? 0, p95: median(samples.map(\.p95)) ?? 0)
        }
        scores = [:]
        var all: [String: [Double]] = [:]
        for (worker, announced) in live {
            let reputation = workers[worker] ?? WorkerReputation(firstSeenAt: now)
            var parts = reputation.parts(medians: medians, at: now)
            var own: [String: Double] = [:]
            for model in announced {
                parts.timeToFirstToken = reputation.speed(for: model, medians: medianLatencies[model])
                own[model] = parts.score
                all[model, default: []].append(parts.score)
            }
            scores[worker] = own
        }
        bestScores = all.compactMapValues { $0.max() }
        medianScores = all.compactMapValues { median($0) }
    }

    /// The parts of a worker's score, the time to first token over all of its models.
    func parts(of worker: Address, models: Set<String>, at now: Int64) -> ScoreParts {
        let reputation = workers[worker] ?? WorkerReputation(firstSeenAt: now)
        var parts = reputation.parts(medians: medians, at: now)
        guard !models.isEmpty else { return parts }
        let speeds = models.map { reputation.speed(for: $0, medians: medianLatencies[$0]) }
        parts.timeToFirstToken = speeds.reduce(0, +) / Double(speeds.count)
        return parts
    }

    /// The medians over the workers of whom enough is known.
    private func medianParts(at now: Int64) -> ScoreParts {
        var completion: [Double] = []
        var proof: [Double] = []
        var uptime: [Double] = []
        for worker in workers.values {
            let completed = worker.completed.value(at: now)
            let ended = completed + worker.failed.value(at: now)
            if ended >= WorkerReputation.priorJobs { completion.append(completed / ended) }
            let judged = worker.proofsJudged.value(at: now)
            if judged >= WorkerReputation.priorJobs { proof.append(worker.proofsAccepted.value(at: now) / judged) }
            let observed = worker.uptime.observed.value(at: now)
            if observed >= WorkerReputation.priorUptime { uptime.append(worker.uptime.up.value(at: now) / observed) }
        }
        return ScoreParts(
            completion: median(completion) ?? ScoreParts.unknown.completion,
            timeToFirstToken: ScoreParts.unknown.timeToFirstToken,
            proof: median(proof) ?? ScoreParts.unknown.proof,
            uptime: median(uptime) ?? ScoreParts.unknown.uptime
        )
    }

    private func median<Value: Comparable>(_ values: [Value]) -> Value? {
        values.isEmpty ? nil : values.sorted()[(values.count - 1) / 2]
    }

    // MARK: The disk

    /// The workers that changed since the last call, as they are now.
    mutating func takeChanged(at now: Int64) -> [Address: WorkerReputation] {
        defer { changed = [] }
        return take(changed, at: now)
    }

    /// Every worker as it is now: what is kept when the gateway stops, and now and then for the sake of uptime.
    mutating func takeAll(at now: Int64) -> [Address: WorkerReputation] {
        defer { changed = [] }
        return take(Set(workers.keys), at: now)
    }

    private mutating func take(_ addresses: Set<Address>, at now: Int64) -> [Address: WorkerReputation] {
        var taken: [Address: WorkerReputation] = [:]
        for address in addresses where workers[address]?.hasHistory(at: now) == true {
            workers[address]?.uptime.observe(until: now)
            taken[address] = workers[address]
        }
        return taken
    }
}
