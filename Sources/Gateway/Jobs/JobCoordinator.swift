import GatewayStore
import InferenceAPI
import Logging
import Operations
import Receipts
import Signing
import StrictJSON
import Synchronization
import WorkerProtocol

/// Runs jobs: locks their credits, offers them to workers, relays what comes and settles what is proven.
///
/// Every decision about a job is ``JobExchange``'s; here the actions are performed. Nothing waits for a worker or a
/// disk on the path of a token.
final class JobCoordinator: Sendable {
    struct Configuration: Sendable {
        /// From the lock to the end, queueing included.
        var timeout: Duration
        var exchange = JobExchange.Limits()
        var defaultShareBasisPoints = 7500

        init(timeout: Duration = .seconds(120), reconnect: Duration = .seconds(10)) {
            self.timeout = timeout
            exchange.reconnect = reconnect
        }
    }

    let identity: Identity
    let catalogue: ModelCatalogue
    let hub: WorkerHub
    let settlement: any Settlement
    let background: BackgroundTasks
    let clock: WallClock
    private let configuration: Configuration
    let logger: Logger
    let latencies = LatencyBook()
    let market: Market
    let seeds: SeedProviders
    let meter = JobMeter()

    struct State {
        var jobs: [JobID: Job] = [:]
        var waiting = WaitingJobs(limit: 1024)
        var selfTests = SelfTestGate()
        var waitingForIdle: [CheckedContinuation<Void, Never>] = []
    }

    let state = Mutex(State())

    init(
        identity: Identity,
        catalogue: ModelCatalogue,
        hub: WorkerHub,
        settlement: any Settlement,
        background: BackgroundTasks,
        market: Market = Market(),
        seeds: SeedProviders = SeedProviders(),
        configuration: Configuration = Configuration(),
        clock: WallClock,
        logger: Logger
    ) {
        self.identity = identity
        self.catalogue = catalogue
        self.hub = hub
        self.settlement = settlement
        self.background = background
        self.market = market
        self.seeds = seeds
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
    }

    /// Takes the median times to first token of the last hour over from before a restart.
    func recallLatencies(from history: GatewayHistory) async {
        let now = clock.nowMilliseconds
        for model in catalogue.all {
            guard
                let median = try? await history.medianTimeToFirstToken(model: model.id, since: now - LatencyBook.span)
            else { continue }
            latencies.note(median, model: model.id, atMilliseconds: now)
        }
    }

    func shareBasisPoints(of worker: Address) -> Int { configuration.defaultShareBasisPoints }

    // MARK: The caller

    /// What a caller asks for.
    struct Submission: Sendable {
        var request: InferenceRequest
        /// Byte for byte; it reaches the worker, and its digest the receipt.
        var body: [UInt8]
        var wallet: Address
        /// The API key that asks; `nil` if the wallet itself does, or the gateway for a test.
        var key: APIKey?
        var requestID: String
        /// What the caller may send again with the same body, for the same job.
        var idempotencyKey: IdempotencyKey?
    }

    /// Locks the credits and sends the first offer.
    ///
    /// - Returns: The running job; the caller must read it to its end or call ``callerGone(_:)``.
    /// - Throws: 404, 400 `unsupported_feature` or `context_length_exceeded`, 402 or 503 of the error table; no credit is held then.
    func submit(_ submission: Submission) throws(APIError) -> Job {
        let request = submission.request
        let model = try catalogue.model(named: request.model, atMilliseconds: clock.nowMilliseconds)
        if let list = submission.key?.models, !catalogue.isAllowed(model, by: list) {
            throw .modelNotAllowed(request.model)
        }
        try model.checkContext(of: request)
        hub.asked(model.id, needs: request.neededFeatures)
        // The slot comes before the lock: without a worker there is nothing to lock credits for.
        let reservation = try reserveUnlessBusy(model.id, request)
        let rule = ChargeRule(market.price(of: model), choices: request.choiceCount, billed: BilledTokens(request.kind))
        let limit = outputLimit(of: submission, model, rule)
        let job: Job
        do throws(LedgerError) {
            job = try begin(submission, model, rule, maxOutputTokens: limit, isTest: false)
        } catch {
            if let reservation { release(reservation, of: model.id) }
            throw APIError(error, tier: model.tier, requestID: submission.requestID)
        }
        if let reservation { offer(job, to: reservation) } else { queue(job) }
        return job
    }

    /// Locks the credits of a job, and knows the job from then on.
    ///
    /// - Throws: ``LedgerError``; nothing is locked then.
    func begin(
        _ submission: Submission,
        _ model: CatalogueModel,
        _ rule: ChargeRule,
        maxOutputTokens limit: Int,
        isTest: Bool
    ) throws(LedgerError) -> Job {
        let request = submission.request
        let now = ContinuousClock.now
        let created = clock.nowMilliseconds
        let deadline = created + Int64(configuration.timeout.wireMilliseconds)
        let id = JobID(milliseconds: created, random: UInt64.random(in: 0...UInt64.max))
        let digest = Digest.sha256(submission.body)
        let lock = try settlement.lock(
            NewJob(
                jobID: id,
                wallet: submission.wallet,
                keyID: submission.key?.keyID,
                spendingCap: submission.key?.spendingCap,
                idempotencyKey: submission.idempotencyKey,
                requestID: submission.requestID,
                model: model.id,
                tier: model.tier.rawValue,
                rule: rule,
                maxOutputTokens: limit,
                requestSHA256: digest,
                createdAt: created,
                deadline: deadline,
                isTest: isTest
            )
        )
        let job = Job(
            id: id,
            requestID: submission.requestID,
            request: request,
            body: submission.body,
            requestDigest: digest,
            model: model,
            rule: rule,
            maxOutputTokens: limit,
            wallet: submission.wallet,
            lock: lock,
            createdAtMilliseconds: created,
            deadlineMilliseconds: deadline,
            isTest: isTest,
            exchange: JobExchange(
                kind: request.kind,
                choiceCount: request.outputCount,
                isStreamed: request.stream,
                deadline: now + configuration.timeout,
                at: now,
                limits: configuration.exchange
            )
        )
        state.withLock { $0.jobs[id] = job }
        logger.info(
            "job submitted",
            metadata: [
                "job.id": "\(id)", "request.id": "\(submission.requestID)", "model.id": "\(model.id)",
                "request.kind": "\(request.kind.rawValue)",
            ]
        )
        return job
    }

    /// The caller hung up; what the job made until now decides whether it costs anything.
    func callerGone(_ job: Job) {
        perform(job.update { $0.callerGone(at: .now) }, job)
    }

    /// The limit of billed tokens, as API.md "Charge" has it.
    ///
    /// The caller's, or else the model's default or what the balance affords, whichever is less, but never under the 500
    /// tokens that the base price covers. Where the prompt is billed, all that it can be.
    private func outputLimit(of submission: Submission, _ model: CatalogueModel, _ rule: ChargeRule) -> Int {
        let request = submission.request
        if let bound = request.promptTokenBound { return min(bound, request.promptCount * model.contextWindow) }
        if let limit = request.maxOutputTokens { return limit }
        let credits = settlement.spendable(by: submission.wallet, key: submission.key)
        let affordable = rule.affordableOutputTokens(credits: credits) ?? ChargeRule.tokensInBase
        return max(ChargeRule.tokensInBase, min(model.defaultMaxOutputTokens, affordable))
    }

    // MARK: Workers

    /// Notes a worker for the records, under the name that it announces.
    func workerSeen(_ worker: Address, name: String) {
        let software = hub.worker(worker)?.software ?? ""
        settlement.workerSeen(worker, name: name, software: software, atMilliseconds: clock.nowMilliseconds)
    }

    /// Answers the jobs that a worker brought along.
    func announced(_ announce: WireAnnounce, jobsInFlight: [JobID], by worker: Address, sessionID: String) {
        for id in jobsInFlight {
            let job = job(id)
            // The slot is taken before the job is resumed, or a deadline between the two would give it back too early.
            if let job { hub.update { $0.resumed(job.model.id, on: worker, sessionID: sessionID) } }
            let answer = job?.update { $0.resumed(worker: worker, sessionID: sessionID) }
            switch answer {
            case .resume(let next):
                logger.info("job resumed", metadata: ["job.id": "\(id)", "worker.address": "\(worker)"])
                let message = WireNetworkMessage.make {
                    $0.jobResume.jobID = id.description
                    $0.jobResume.nextSequence = next
                }
                hub.post(message, toSession: sessionID)
            case .goesOn:
                break
            case .lost, nil:
                hub.post(.cancel(id, .jobLost), toSession: sessionID)
            }
            if case .resume = answer { continue }
            if let job { hub.update { $0.release(job.model.id, on: worker, sessionID: sessionID) } }
        }
        for model in announce.models { slotsChanged(of: model.id) }
        sendStanding(toSession: sessionID)
    }

    func accepted(_ id: JobID, sessionID: String) {
        guard let job = job(id), job.update({ $0.accepted(sessionID: sessionID) }) else { return }
        let now = clock.nowMilliseconds
        guard let offer = job.noteAccepted(atMilliseconds: now) else { return }
        if !job.isTest, offer.worker != identity.address { hub.accepted(job.model.id, by: offer.worker) }
        settlement.processing(
            JobAcceptance(
                jobID: id,
                worker: offer.worker,
                payoutAddress: offer.payoutAddress,
                shareBPS: offer.shareBPS,
                nonce: offer.nonce,
                at: now
            )
        )
    }

    func refused(_ id: JobID, sessionID: String, reason: WireRefusal, message: String) {
        guard let job = job(id) else { return }
        job.noteTrouble("the worker refused the job (\(reason)): \(message)")
        logger.info("job refused", metadata: ["job.id": "\(id)", "reason": "\(reason)"])
        perform(job.update { $0.refused(sessionID: sessionID, reason: reason) }, job)
    }

    /// Relays output; the hot path.
    func deltaReceived(_ id: JobID, _ delta: WireJobDelta, sessionID: String) {
        guard let job = job(id) else { return }
        perform(job.deltaReceived(delta, sessionID: sessionID, atMilliseconds: clock.nowMilliseconds), job)
    }

    func failed(_ id: JobID, sessionID: String, code: WireJobFailure, message: String) {
        guard let job = job(id) else { return }
        job.noteTrouble("the job failed on the worker (\(code)): \(message)")
        logger.info("job failed on its worker", metadata: ["job.id": "\(id)", "code": "\(code)"])
        perform(job.update { $0.failed(sessionID: sessionID, code: code, at: .now) }, job)
    }

    /// Takes a receipt, new or sent again.
    ///
    /// - Returns: False if the job is over: answer with ``repeatVerdict(on:to:)``.
    func finished(_ id: JobID, _ finished: WireJobFinished, by worker: Address, sessionID: String) -> Bool {
        if let job = job(id) {
            let actions = job.update { exchange in
                exchange.receiptSentAgain(worker: worker, sessionID: sessionID)
                return exchange.finished(finished, sessionID: sessionID)
            }
            if let actions {
                perform(actions, job)
                return true
            }
        }
        return false
    }

    func sessionLost(_ sessionID: String) {
        for job in allJobs { perform(job.update { $0.sessionLost(sessionID: sessionID, at: .now) }, job) }
    }

    // MARK: Time

    /// Tells every job the time; called several times a second.
    func timeReached(_ now: ContinuousClock.Instant) {
        observeMarket(at: now)
        for job in allJobs {
            perform(job.update { $0.timeReached(now) }, job)
            job.keepAlive(at: now)
        }
    }

    var runningJobs: Int { state.withLock { $0.jobs.count } }

    /// Returns once no job runs.
    func untilIdle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state -> Bool in
                if state.jobs.isEmpty { return true }
                state.waitingForIdle.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
    }

    private var allJobs: [Job] { state.withLock { Array($0.jobs.values) } }

    private func job(_ id: JobID) -> Job? { state.withLock { $0.jobs[id] } }

    // MARK: Actions

    func perform(_ actions: [JobExchange.Action], _ job: Job) {
        for action in actions {
            switch action {
            case .seek:
                seek(job)
            case .giveUp:
                giveUp(job, .atCapacity)
            case .release(let attempt, let outcome) where attempt.worker == identity.address:
                seedReleased(attempt.sessionID, outcome)
            case .release(let attempt, let outcome):
                judge(attempt, at: job, outcome)
                hub.update { $0.release(job.model.id, on: attempt.worker, sessionID: attempt.sessionID) }
                slotsChanged(of: job.model.id, on: attempt.worker)
            case .cancel(let attempt, _) where attempt.worker == identity.address:
                seeds.cancel(attempt.sessionID)
            case .cancel(let attempt, let reason):
                hub.post(.cancel(job.id, reason), toSession: attempt.sessionID)
            case .settle(let attempt, let finished):
                background.add { await self.settle(job, attempt, finished) }
            case .refund(let refund):
                end(job, refund)
            case .wakeCaller:
                job.wakeReader()
            }
        }
    }

    private func judge(_ attempt: JobExchange.Attempt, at job: Job, _ outcome: AttemptOutcome) {
        guard !job.isTest, let until = hub.ended(attempt, at: job.id, of: job.model.id, outcome) else { return }
        logger.warning(
            "worker set aside",
            metadata: ["worker.address": "\(attempt.worker)", "job.id": "\(job.id)", "until_ms": "\(until)"]
        )
    }

    private func end(_ job: Job, _ refund: JobExchange.Refund) {
        forget(job)
        if !job.isTest { meter.update { $0.ended(model: job.model.id, status: refund.status.rawValue) } }
        logger.info("job ended without pay", metadata: ["job.id": "\(job.id)", "code": "\(refund.code)"])
        // Before the caller is told: a request that is made again at once finds the credits and the key free.
        self.refund(job, refund)
    }

    func forget(_ job: Job) {
        let idle = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.jobs[job.id] = nil
            state.waiting.remove(job.id, model: job.model.id)
            guard state.jobs.isEmpty else { return [] }
            defer { state.waitingForIdle = [] }
            return state.waitingForIdle
        }
        for continuation in idle { continuation.resume() }
    }
}
