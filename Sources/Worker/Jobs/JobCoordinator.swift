import Backends
import InferenceAPI
import Logging
import Receipts
import ServiceLifecycle
import Signing
import StrictJSON
import Synchronization
import WorkerProtocol
import WorkerStore

/// Takes offers, runs jobs and hands the network's words to them.
///
/// One for all networks: they share the slots. What a single job does next is ``JobCourse``'s to decide.
final class JobCoordinator: Service {
    /// Jobs in memory at once over all networks.
    ///
    /// Those that hold a slot, and under load many more whose verdict is on its way. Past it offers are refused; what
    /// is over the 1,024 that `Announce` may list is not resumed.
    static let jobLimit = 4096

    /// A job of a network.
    private struct Key: Hashable {
        var network: Address
        var id: JobID
    }

    private struct State {
        var jobs: [Key: RunningJob] = [:]
        var admission = Admission()
        /// When the last pause ended, whatever its cause.
        var openSince: ContinuousClock.Instant?
        /// Told when the last job has left, or the last one of a network.
        var idleWaiters: [(network: Address?, waiter: AsyncStream<Never>.Continuation)] = []

        func isIdle(_ network: Address?) -> Bool {
            jobs.keys.allSatisfy { network != nil && $0.network != network }
        }
    }

    private let review: OfferReview
    private let books: Bookkeeper
    private let models: ModelHost
    private let backends: BackendFleet
    private let store: WorkerStore
    private let activity: WorkerActivity
    private let identity: Identity
    private let logger: Logger
    private let state = Mutex(State())
    private let work: AsyncStream<@Sendable () async -> Void>
    private let handOver: AsyncStream<@Sendable () async -> Void>.Continuation

    init(
        identity: Identity,
        payoutAddress: Address,
        models: ModelHost,
        backends: BackendFleet,
        store: WorkerStore,
        activity: WorkerActivity,
        logger: Logger
    ) {
        self.identity = identity
        self.models = models
        self.store = store
        self.activity = activity
        self.logger = logger
        self.backends = backends
        books = Bookkeeper(worker: identity.address, store: store, activity: activity, logger: logger)
        review = OfferReview(worker: identity.address, payoutAddress: payoutAddress)
        // Unbounded, because what it holds is bounded elsewhere: by slots and by the messages of live sessions.
        (work, handOver) = AsyncStream.makeStream()
    }

    /// Carries out jobs and bookings until a graceful shutdown has begun and all of them are done.
    func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.tellTime() }
                for await operation in self.work { group.addTask { await operation() } }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.handOver.finish()
        }
    }

    /// Tells every job the time; all waits of jobs are this coarse.
    private func tellTime() async {
        while (try? await Task.sleep(for: .milliseconds(100))) != nil {
            for job in allJobs { job.timeReached(.now) }
        }
    }

    private var allJobs: [RunningJob] { state.withLock { Array($0.jobs.values) } }

    private func job(_ id: JobID, _ network: Address) -> RunningJob? {
        state.withLock { $0.jobs[Key(network: network, id: id)] }
    }

    // MARK: Admission

    /// Whether offers are taken.
    var admission: Admission { state.withLock { $0.admission } }
    /// When the last pause ended, whatever its cause; `nil` if there was none since the start.
    var openSince: ContinuousClock.Instant? { state.withLock { $0.openSince } }
    var jobsInFlight: Int { allJobs.count { $0.isRunning } }

    /// - Returns: Whether that changed anything, as with the next two; whoever changed it then tells the networks.
    func setPaused(_ isPaused: Bool) -> Bool {
        change { $0.setPaused(isPaused) }
    }

    /// See ``Admission/setSchedule(closed:)``.
    func setSchedule(closed reason: String?) -> Bool {
        change { $0.setSchedule(closed: reason) }
    }

    func setFaults(_ faults: [Fault]) -> Bool {
        change { $0.setFaults(faults) }
    }

    private func change(_ change: (inout Admission) -> Bool) -> Bool {
        state.withLock { state in
            let wasPaused = state.admission.pause != nil
            let isChanged = change(&state.admission)
            if wasPaused, state.admission.pause == nil { state.openSince = .now }
            return isChanged
        }
    }

    /// Takes no offers from here on.
    func drain() {
        state.withLock { _ = $0.admission.drain() }
    }

    /// Returns once no job is left, or none of a network, or when the task is cancelled.
    func waitUntilIdle(_ network: Address? = nil) async {
        let (idle, waiter) = AsyncStream<Never>.makeStream()
        state.withLock { state in
            if state.isIdle(network) { waiter.finish() } else { state.idleWaiters.append((network, waiter)) }
        }
        for await _ in idle {}
    }

    /// Ends the jobs that are still there; what is signed stays on disk.
    func abandonJobs() {
        for job in allJobs { job.shutDown() }
    }
}

// MARK: - Offers

extension JobCoordinator {
    /// Checks an offer and takes the job, or refuses it.
    func offered(_ id: JobID, _ wire: WireJobOffer, on link: SessionLink) {
        do throws(JobRefusal) {
            let job = try take(wire, on: link)
            link.post(.make { $0.jobAccepted.jobID = wire.jobID })
            if !job.isSelfTest { store.jobStarted(job.started) }
            record(.accepted, of: id, wire, model: job.model.id, on: link)
            logger.info(
                "job accepted",
                metadata: [
                    "job.id": "\(id)", "request.id": "\(wire.requestID)", "model.id": "\(job.model.id)",
                    "network": "\(link.terms.networkName)",
                ]
            )
            handOver.yield { await self.carryOut(job) }
        } catch {
            let kind = JobEvent.Kind.refused(reason: error.reason.word)
            record(kind, of: id, wire, model: hostedModel(of: wire), message: error.message, on: link)
            logger.info(
                "job refused",
                metadata: ["job.id": "\(id)", "reason": "\(error.reason.word)", "message": "\(error)"]
            )
            link.post(
                .make {
                    $0.jobRefused.jobID = wire.jobID
                    $0.jobRefused.reason = error.reason
                    $0.jobRefused.message = error.message
                }
            )
        }
    }

    /// Takes note of an offer and of what became of it.
    private func record(
        _ kind: JobEvent.Kind,
        of id: JobID,
        _ wire: WireJobOffer,
        model: String?,
        message: String? = nil,
        on link: SessionLink
    ) {
        for kind in [.offered, kind] {
            let event = JobEvent(
                kind: kind,
                network: link.terms.gateway,
                jobID: id,
                model: model,
                message: message
            )
            if wire.selfTest && link.selfTest.isExpected { link.selfTest.record(event) } else { activity.record(event) }
        }
    }

    /// The model that a refused offer names, proven or not, if it is hosted here: for the figures alone.
    private func hostedModel(of wire: WireJobOffer) -> String? {
        guard let envelope = try? Envelope(parsing: [UInt8](wire.offer)),
            let fields = try? JSONValue(parsing: envelope.payload).objectValue,
            let model = fields["model"]?.stringValue, models.snapshot[model] != nil
        else { return nil }
        return model
    }

    private func take(_ wire: WireJobOffer, on link: SessionLink) throws(JobRefusal) -> RunningJob {
        let (admission, count) = state.withLock { ($0.admission, $0.jobs.count) }
        if wire.selfTest, !link.selfTest.isExpected {
            throw JobRefusal(.invalidOffer, "nobody here asked for a test job")
        }
        try admission.check(isSelfTest: wire.selfTest)
        if count >= Self.jobLimit { throw JobRefusal(.atCapacity, "\(count) jobs are open") }
        let offer = try review.review(
            wire,
            terms: link.terms,
            models: models.snapshot,
            networkTime: link.clock.nowMilliseconds,
            at: .now
        )
        let key = Key(network: link.terms.gateway, id: offer.offer.jobID)
        // One that ended may be offered again before its last task has left.
        guard state.withLock({ $0.jobs[key]?.isOver != false }) else {
            throw JobRefusal(.invalidOffer, "the job was offered before")
        }
        guard let model = models.snapshot[offer.offer.model]?.section, let member = backends[model.backend] else {
            throw JobRefusal(.modelUnavailable, "this worker does not host the model")
        }
        let size = JobSize(offer, contextWindow: model.contextWindow)
        member.jobBegan()
        do throws(JobRefusal) {
            try models.reserve(size)
        } catch {
            member.jobEnded()
            throw error
        }
        let job = RunningJob(
            offer,
            model: model,
            size: size,
            backend: member.backend,
            timeouts: member.timeouts,
            link: link,
            surroundings: surroundings(of: member),
            logger: logger
        )
        state.withLock { $0.jobs[key] = job }
        return job
    }

    private func surroundings(of member: BackendMember) -> RunningJob.Surroundings {
        RunningJob.Surroundings(
            identity: identity,
            store: store,
            activity: activity,
            releaseSlot: { [models] job in
                models.update { $0.release(job.size) }
                member.jobEnded()
            },
            backendUnavailable: { member.inspect() }
        )
    }

    private func carryOut(_ job: RunningJob) async {
        await job.run()
        let waiters = state.withLock { state -> [AsyncStream<Never>.Continuation] in
            let key = Key(network: job.network, id: job.id)
            if state.jobs[key] === job { state.jobs[key] = nil }
            let waiters = state.idleWaiters
            state.idleWaiters = waiters.filter { !state.isIdle($0.network) }
            return waiters.filter { state.isIdle($0.network) }.map(\.waiter)
        }
        for waiter in waiters { waiter.finish() }
    }
}

// MARK: - Sessions

extension JobCoordinator {
    /// Jobs of a network that an earlier session carried: what the next `Announce` lists.
    func openJobs(of network: Address) -> [JobID] {
        state.withLock { state in state.jobs.values.filter { $0.network == network } }
            .filter(\.isOpen).prefix(SessionLimits.announcedJobs).map(\.id)
    }

    /// Whether a job is in memory, so that its receipt goes out with it and not from the disk.
    func holds(_ id: JobID, of network: Address) -> Bool { job(id, network) != nil }

    /// The session that carried a network's jobs is gone.
    func sessionLost(_ network: Address) {
        for job in allJobs where job.network == network { job.sessionLost(at: .now) }
    }

    func resume(_ id: JobID, nextSequence: UInt64, on link: SessionLink) {
        job(id, link.terms.gateway)?.resumed(on: link, nextSequence: nextSequence)
    }

    func cancel(_ id: JobID, _ reason: WireCancelReason, on link: SessionLink) {
        job(id, link.terms.gateway)?.cancelled(on: link, reason)
    }
}

// MARK: - The network's verdicts

extension JobCoordinator {
    func receiptAccepted(_ id: JobID, statement: [UInt8], on link: SessionLink) {
        if let job = job(id, link.terms.gateway), job.isSelfTest { return job.passed() }
        handOver.yield { [books] in
            switch await books.book(statement, of: id, on: link) {
            case .settled: self.job(id, link.terms.gateway)?.settled()
            case .unpaid: self.job(id, link.terms.gateway)?.refused()
            case .nothing: break
            }
        }
    }

    func receiptRefused(_ id: JobID, _ refusal: WireReceiptRefusal, message: String, on link: SessionLink) {
        if let job = job(id, link.terms.gateway), job.isSelfTest { return job.notPassed(refusal.word, message) }
        handOver.yield { [books] in
            let isBooked = await books.bookUnpaid(id, reason: refusal.word, message: message, on: link)
            if isBooked { self.job(id, link.terms.gateway)?.refused() }
        }
    }

    func payout(_ id: JobID, _ payout: WirePayout, on link: SessionLink) {
        handOver.yield { [books] in
            if await books.book(payout, of: id, on: link) { self.job(id, link.terms.gateway)?.paid() }
        }
    }
}
