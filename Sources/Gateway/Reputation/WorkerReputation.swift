/// What the network remembers of one worker, by its address: sessions come and go.
struct WorkerReputation: Sendable, Equatable {
    /// A job that failed by the worker's doing, for people.
    struct Failure: Sendable, Equatable {
        /// Unix milliseconds.
        var at: Int64
        var jobID: String
        var model: String
        var fault: WorkerFault
    }

    /// Failures that are kept.
    static let failuresKept = 16
    /// Jobs, or receipts, that must be judged before a worker's own rate counts as much as the median.
    static let priorJobs = 10.0
    /// The same for times to first token.
    static let priorSamples = 5.0
    /// The same for time observed, in milliseconds: a day.
    static let priorUptime = 86_400_000.0

    var accepted = DecayingCount()
    var completed = DecayingCount()
    var failed = DecayingCount()
    var proofsJudged = DecayingCount()
    var proofsAccepted = DecayingCount()
    var uptime: Uptime
    var breaker = CircuitBreaker()
    /// By model.
    var latencies: [String: LatencySamples] = [:]
    /// The newest last.
    var failures: [Failure] = []

    // The last hour, and what matters for seconds: not kept over a restart.
    var refusalRuns: [String: RefusalRun] = [:]
    var offersOfHour: [String: HourCount] = [:]
    var refusalsOfHour = HourCount()
    var failuresOfHour = HourCount()
    var settledOfHour = HourCount()
    /// A session that is lost takes all its jobs with it; that is one failure in a row, not as many as jobs.
    private var lostSession: String?

    init(firstSeenAt milliseconds: Int64) {
        uptime = Uptime(observedFrom: milliseconds)
    }

    /// Whether there is anything to remember: a job, or what came of one, that has not faded.
    func hasHistory(at now: Int64) -> Bool {
        let counts = [accepted, completed, failed, proofsJudged]
        return counts.contains { $0.value(at: now) > 0.01 } || breaker != CircuitBreaker()
    }

    mutating func offered(_ model: String, at now: Int64) {
        offersOfHour[model, default: HourCount()].add(at: now)
    }

    mutating func accepted(_ model: String, at now: Int64) {
        accepted.add(1, at: now)
        refusalRuns[model] = nil
    }

    /// Counts a refusal; it holds the next offers back only if the worker had announced free slots.
    mutating func refused(_ model: String, withFreeSlots: Bool, at now: Int64) {
        refusalsOfHour.add(at: now)
        if withFreeSlots { refusalRuns[model, default: RefusalRun()].refused(at: now) }
    }

    /// A receipt held and the job is paid.
    mutating func settled(_ model: String, timeToFirstToken: Int?, isCountPlausible: Bool, at now: Int64) {
        completed.add(1, at: now)
        proofsJudged.add(1, at: now)
        proofsAccepted.add(isCountPlausible ? 1 : 0, at: now)
        settledOfHour.add(at: now)
        if let timeToFirstToken { latencies[model, default: LatencySamples()].note(timeToFirstToken) }
        breaker.succeeded(at: now)
    }

    /// A job failed by the worker's doing.
    ///
    /// - Returns: Whether the worker is set aside from now on.
    mutating func failed(
        _ failure: Failure,
        sessionID: String,
        limits: CircuitBreaker.Limits,
        jitter: Double
    ) -> Bool {
        let now = failure.at
        failed.add(1, at: now)
        failuresOfHour.add(at: now)
        if failure.fault == .receiptRefused { proofsJudged.add(1, at: now) }
        failures = failures.suffix(Self.failuresKept - 1) + [failure]
        if failure.fault == .lost {
            guard lostSession != sessionID else { return false }
            lostSession = sessionID
        }
        return breaker.failed(
            "\(failure.fault.sentence) (job \(failure.jobID), model \(failure.model))",
            at: now,
            limits: limits,
            jitter: jitter
        )
    }

    /// The parts of its score that do not depend on a model; `medians` are the others'.
    func parts(medians: ScoreParts, at now: Int64) -> ScoreParts {
        let good = completed.value(at: now)
        return ScoreParts(
            completion: ScoreParts.rate(
                good,
                of: good + failed.value(at: now),
                median: medians.completion,
                weight: Self.priorJobs
            ),
            timeToFirstToken: medians.timeToFirstToken,
            proof: ScoreParts.rate(
                proofsAccepted.value(at: now),
                of: proofsJudged.value(at: now),
                median: medians.proof,
                weight: Self.priorJobs
            ),
            uptime: ScoreParts.rate(
                uptime.up.value(at: now),
                of: uptime.observed.value(at: now),
                median: medians.uptime,
                weight: Self.priorUptime
            )
        )
    }

    /// The part of its score that is about one model, against the median percentiles of the model's workers.
    func speed(for model: String, medians: (p50: Int, p95: Int)?) -> Double {
        guard let own = latencies[model], let medians, !own.samples.isEmpty else {
            return ScoreParts.unknown.timeToFirstToken
        }
        let count = Double(own.samples.count)
        let speed =
            (ScoreParts.speed(own.p50, median: medians.p50) + ScoreParts.speed(own.p95, median: medians.p95)) / 2
        return ScoreParts.rate(
            speed * count,
            of: count,
            median: ScoreParts.unknown.timeToFirstToken,
            weight: Self.priorSamples
        )
    }
}
