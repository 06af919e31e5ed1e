import Backends
import InferenceAPI
import Logging
import Operations
import Receipts
import Signing
import WorkerProtocol

/// One job at a seed provider: does what a worker does for it, in this process.
///
/// An actor, because the upstream's output, the caller's leaving and the deadline meet here and each ends in calls that
/// must keep their order. What it reports goes to ``JobCoordinator`` as a worker's session would report it, and its
/// receipt is held against the same checks.
actor SeedRun {
    private let job: Job
    private let offer: Offer
    private let slot: SeedSlot
    private let upstream: any InferenceBackend
    private let jobs: JobCoordinator
    private let acceptedAt: Int64
    private var course: SeedCourse
    private let cancellation: AsyncStream<Void>
    private let cancelled: AsyncStream<Void>.Continuation

    init(_ job: Job, _ offer: Offer, on slot: SeedSlot, of upstream: any InferenceBackend, for jobs: JobCoordinator) {
        self.job = job
        self.offer = offer
        self.slot = slot
        self.upstream = upstream
        self.jobs = jobs
        acceptedAt = jobs.clock.nowMilliseconds
        course = SeedCourse(
            jobID: job.id,
            request: job.request,
            maxOutputTokens: offer.maxOutputTokens,
            outputBytes: job.request.kind == .embeddings
                ? SessionLimits().embeddingBytes : SessionLimits().outputBytes
        )
        // One word is enough; a second one says nothing new.
        (cancellation, cancelled) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// Carries the job out; returns once its receipt is handed in or it is given up.
    func run() async {
        jobs.accepted(job.id, sessionID: slot.id)
        await withTaskGroup(of: Void.self) { race in
            race.addTask { await self.generate() }
            race.addTask { await self.awaitCancellation() }
            race.addTask { await self.awaitDeadline() }
            // Whichever is first has ended the course.
            await race.next()
            race.cancelAll()
        }
        cancelled.finish()
    }

    /// The job is not wanted any more.
    nonisolated func cancel() {
        cancelled.yield()
    }

    // MARK: What may end it

    private func generate() async {
        let result: Result<GenerationSummary, any Error>
        do {
            result = .success(try await upstream.generate(request, deliver: deliver))
        } catch {
            result = .failure(error)
        }
        let now = jobs.clock.nowMilliseconds
        switch result {
        case .success(let summary):
            perform(course.upstreamFinished(summary, at: now))
        case .failure(let error as BackendError):
            perform(course.upstreamFailed(error))
        case .failure(is CancellationError):
            break  // What cancelled it has ended the course.
        case .failure(let error):
            // Anything else is a fault of ours; its text may hold what must not be shown.
            jobs.logger.error("seed provider failed unexpectedly", metadata: ["error.type": "\(type(of: error))"])
            perform(course.upstreamFailed(BackendError(.failed, "the upstream failed")))
        }
    }

    private func awaitCancellation() async {
        for await _ in cancellation {
            perform(course.cancelled(at: jobs.clock.nowMilliseconds))
            return
        }
    }

    private func awaitDeadline() async {
        do {
            try await Task.sleep(for: remaining - SessionLimits().deadlineMargin, clock: .continuous)
        } catch {
            return
        }
        perform(course.deadlineNears(at: jobs.clock.nowMilliseconds))
    }

    // MARK: What it does

    private var remaining: Duration { .milliseconds(job.deadlineMilliseconds - jobs.clock.nowMilliseconds) }

    private var request: GenerationRequest {
        GenerationRequest(
            body: job.request.upstreamBody(model: slot.upstreamModel, maxOutputTokens: offer.maxOutputTokens),
            route: job.request.kind.backendRoute,
            choiceCount: job.request.outputCount,
            promptCount: job.request.promptCount,
            dimensions: job.request.kind == .embeddings ? job.request.dimensions : nil,
            timeouts: GenerationTimeouts(total: max(.seconds(1), remaining))
        )
    }

    @Sendable
    private func deliver(_ deltas: [ChoiceDelta]) async throws {
        perform(course.outputArrived(deltas, at: jobs.clock.nowMilliseconds))
        guard !course.isEnded else { throw CancellationError() }
    }

    private func perform(_ actions: [SeedCourse.Action]) {
        for action in actions {
            switch action {
            case .relay(let delta):
                jobs.deltaReceived(job.id, delta, sessionID: slot.id)
            case .sign(let output):
                let receipt = receipt(of: output).sign(by: jobs.identity).encoded
                _ = jobs.finished(
                    job.id,
                    .make { $0.receipt = .init(receipt) },
                    by: jobs.identity.address,
                    sessionID: slot.id
                )
            case .fail(let code, let message):
                jobs.failed(job.id, sessionID: slot.id, code: code, message: message)
            }
        }
    }

    private func receipt(of output: SeedCourse.Output) -> Receipt {
        let form = job.request.kind.outputForm
        return Receipt(
            offer: offer,
            outputSHA256: OutputDigest.of(output.choices, form: form),
            usage: output.usage,
            finishReasons: form == .vectors ? [] : output.choices.map(\.finishReason),
            times: JobTimes(
                acceptedAtMS: acceptedAt,
                firstTokenAtMS: output.firstTokenAt.map { max($0, acceptedAt) },
                finishedAtMS: max(output.finishedAt, acceptedAt)
            )
        )
    }
}
