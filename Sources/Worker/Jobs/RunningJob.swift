import Backends
import InferenceAPI
import Logging
import Receipts
import Signing
import Synchronization
import WorkerProtocol
import WorkerStore
import WorkerTransport

/// A job that this worker has accepted: its facts, its ``JobCourse``, and the tasks that carry it out.
///
/// Output takes the short way: from the backend's read through ``deliver(_:)`` to the outbox, without a task of its own.
/// Everything else that the course wants done is done by ``run()``, one action after the other.
final class RunningJob: Sendable {
    let offer: AcceptedOffer
    let started: StartedJob
    let model: ModelSection
    let size: JobSize
    private let backend: any InferenceBackend
    private let timeouts: GenerationTimeouts
    let surroundings: Surroundings
    private let clock: NetworkClock
    private let selfTest: SelfTest
    let logger: Logger

    /// What jobs need beyond their own facts.
    struct Surroundings: Sendable {
        var identity: Identity
        var store: WorkerStore
        var activity: WorkerActivity
        /// Called once the backend's work is over, whatever comes after.
        var releaseSlot: @Sendable (RunningJob) -> Void
        /// Called when a backend could not be reached, broke off or stalled.
        var backendUnavailable: @Sendable () -> Void
    }

    private struct State {
        var course: JobCourse
        /// The session that carries the job; `nil` while there is none.
        var link: SessionLink?
    }

    private let state: Mutex<State>
    private let actions: AsyncStream<JobCourse.Action>
    private let handOver: AsyncStream<JobCourse.Action>.Continuation
    private let stop: AsyncStream<Never>
    private let stopBackend: AsyncStream<Never>.Continuation

    init(
        _ offer: AcceptedOffer,
        model: ModelSection,
        size: JobSize,
        backend: any InferenceBackend,
        timeouts: GenerationTimeouts,
        link: SessionLink,
        surroundings: Surroundings,
        logger: Logger
    ) {
        self.offer = offer
        self.model = model
        self.size = size
        self.backend = backend
        self.timeouts = timeouts
        self.surroundings = surroundings
        clock = link.clock
        selfTest = link.selfTest
        var logger = logger
        logger[metadataKey: "job.id"] = "\(offer.offer.jobID)"
        logger[metadataKey: "request.id"] = "\(offer.requestID)"
        self.logger = logger
        started = StartedJob(
            key: JobKey(network: offer.offer.network.description, jobID: offer.offer.jobID.description),
            model: model.id,
            backend: model.backend,
            requestID: offer.requestID,
            creditsLocked: offer.offer.creditsLocked,
            shareBasisPoints: offer.offer.shareBPS,
            escrowTransaction: offer.offer.escrowTx.base58,
            acceptedAt: link.clock.nowMilliseconds
        )
        let limits = link.terms.limits
        let course = JobCourse(
            id: offer.offer.jobID,
            limits: JobCourse.Limits(offer, limits),
            estimatedPromptTokens: offer.request.estimatedPromptTokens,
            stopAt: offer.deadline - limits.deadlineMargin
        )
        state = Mutex(State(course: course, link: link))
        // Unbounded, because a course returns a handful of actions for each of a handful of events.
        (actions, handOver) = AsyncStream.makeStream()
        (stop, stopBackend) = AsyncStream.makeStream()
    }

    var id: JobID { offer.offer.jobID }
    var network: Address { offer.offer.network }
    /// Whether its backend works, or its receipt is not on disk yet.
    var isRunning: Bool { state.withLock { $0.course.isRunning } }
    /// Whether the network must be told of it in the next `Announce`.
    var isOpen: Bool { state.withLock { $0.course.isOpen } }
    /// Whether nothing more can come of the job.
    var isOver: Bool { state.withLock { $0.course.isOver } }

    // MARK: Events

    /// Feeds the course one event and does what it says.
    ///
    /// Messages are queued under the lock: what the network asks for again must not be overtaken by what the backend
    /// sends meanwhile. Queueing neither waits nor calls back.
    func update(_ event: (inout JobCourse) -> [JobCourse.Action]) {
        update(event, link: nil)
    }

    private func update(_ event: (inout JobCourse) -> [JobCourse.Action], link: SessionLink?) {
        state.withLock { state in
            if let link { state.link = link }
            for action in event(&state.course) {
                if case .send(let message, let bytes) = action {
                    state.link?.post(message, bytes: bytes)
                } else {
                    handOver.yield(action)
                }
            }
        }
    }

    func sessionLost(at now: ContinuousClock.Instant) {
        state.withLock { state in
            state.link = nil
            state.course.sessionLost(at: now)
        }
    }

    func resumed(on link: SessionLink, nextSequence: UInt64) {
        update({ $0.resumed(nextSequence: nextSequence, at: .now) }, link: link)
    }

    func cancelled(on link: SessionLink, _ reason: WireCancelReason) {
        let time = clock.nowMilliseconds
        update({ $0.cancelled(reason, networkTime: time, at: .now) }, link: link)
    }

    func timeReached(_ now: ContinuousClock.Instant) {
        let time = clock.nowMilliseconds
        update { $0.timeReached(now, networkTime: time) }
    }

    func settled() { update { $0.settled(at: .now) } }
    func refused() { update { $0.refused() } }
    func paid() { update { $0.paid() } }
    func shutDown() { update { $0.shutDown() } }

    /// Whether it is a test: nothing is paid for it, and nothing of it is kept.
    var isSelfTest: Bool { offer.isSelfTest }

    /// The network accepted the receipt of a test; there is no payout to wait for.
    func passed() {
        record(.settled(microUSDC: 0))
        paid()
        settled()
    }

    /// The network refused the receipt of a test.
    func notPassed(_ reason: String, _ message: String) {
        record(.unpaid(reason: reason), message)
        refused()
    }

    // MARK: Work

    /// Carries the job out; returns when nothing is left to do for it, or when the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.generate() }
            for await action in actions { await perform(action) }
            group.cancelAll()
        }
    }

    private func perform(_ action: JobCourse.Action) async {
        switch action {
        case .stopBackend:
            stopBackend.finish()
        case .send:
            break  // Done under the lock.
        case .sign(let output):
            await keepReceipt(of: output)
        case .record(let ending):
            record(ending)
        case .leave:
            handOver.finish()
        }
    }

    /// Runs the backend until it is done or told to stop.
    private func generate() async {
        let result = await withTaskGroup(of: Result<GenerationSummary, any Error>?.self) { race in
            race.addTask {
                do {
                    return .success(try await self.backend.generate(self.generationRequest, deliver: self.deliver))
                } catch {
                    return .failure(error)
                }
            }
            race.addTask {
                for await _ in self.stop {}
                return nil
            }
            let first = await race.next() ?? nil
            race.cancelAll()
            return first
        }
        surroundings.releaseSlot(self)
        let time = clock.nowMilliseconds
        switch result {
        case .success(let summary):
            update { $0.backendFinished(summary, networkTime: time) }
        case .failure(let error as BackendError):
            logger.notice(
                "backend failed",
                metadata: ["backend.name": "\(model.backend)", "error.code": "\(error.code)", "error": "\(error)"]
            )
            if let cause = error.causeSummary {
                logger.debug("cause of the failure", metadata: ["error.cause": "\(cause)"])
            }
            update { $0.backendFailed(error) }
            if error.code == .unavailable || error.code == .timeout { surroundings.backendUnavailable() }
        case .failure(is CancellationError), nil:
            break
        case .failure(let error):
            // Anything else is a fault of ours; its text may hold what must not be shown.
            logger.error("backend failed unexpectedly", metadata: ["error.type": "\(type(of: error))"])
            update { $0.backendFailed(BackendError(.failed, "the backend failed")) }
        }
    }

    private var generationRequest: GenerationRequest {
        let limit = offer.offer.maxOutputTokens
        return GenerationRequest(
            body: offer.request.upstreamBody(model: model.upstreamModel, maxOutputTokens: limit),
            route: offer.request.kind.backendRoute,
            choiceCount: offer.request.outputCount,
            promptCount: offer.request.promptCount,
            dimensions: offer.request.kind == .embeddings ? offer.request.dimensions : nil,
            timeouts: timeouts
        )
    }

    /// Takes what one read of the backend's socket brought, and holds the backend back while the stream is full.
    @Sendable
    private func deliver(_ deltas: [ChoiceDelta]) async throws {
        let time = clock.nowMilliseconds
        let outbox = state.withLock { state -> MessageOutbox<WireWorkerMessage>? in
            switch state.course.outputArrived(deltas, networkTime: time) {
            case .send(let delta, let bytes):
                state.link?.post(.make(delta), bytes: bytes)
                return state.link?.outbox
            case .drop:
                return nil
            case .end(let actions):
                for action in actions {
                    if case .send(let message, let bytes) = action {
                        state.link?.post(message, bytes: bytes)
                    } else {
                        handOver.yield(action)
                    }
                }
                return nil
            }
        }
        await outbox?.waitForRoom()
    }

    // MARK: The end

    /// Takes note of what happened, for the figures of the last hour.
    func record(_ kind: JobEvent.Kind, _ message: String? = nil) {
        let event = JobEvent(kind: kind, network: network, jobID: id, model: model.id, message: message)
        if isSelfTest { selfTest.record(event) } else { surroundings.activity.record(event) }
    }

    private func record(_ ending: JobEnding) {
        let time = clock.nowMilliseconds
        switch ending {
        case .failed(let code, let message):
            logger.notice("job failed", metadata: ["error.code": "\(code)", "error": "\(message)"])
            record(.lost(code: code), message)
            if !isSelfTest { surroundings.store.jobFailed(started, code: code, message: message, at: time) }
        case .cancelled(let code):
            logger.info("job cancelled", metadata: ["reason": "\(code)"])
            record(.lost(code: code))
            if !isSelfTest { surroundings.store.jobCancelled(started, code: code, at: time) }
        }
    }
}
