import Backends
import InferenceAPI
import Operations
import Receipts
import WorkerProtocol

/// The course of one job at its worker, from its acceptance to the network's verdict, as a value.
///
/// It takes what happened and returns what to do; it never waits, locks or reads a clock. ``RunningJob`` holds it in a
/// mutex and performs the actions. A job may outlive its session: what is sent while there is none stays in the delta
/// log, and the network asks for it on the next.
struct JobCourse: Sendable {
    enum Phase: Sendable {
        /// Accepted, no output yet. To `streaming`, or `failed` or `ended` without a result.
        case waiting
        /// Output flows. To `signing`, or `failed` or `ended` when the backend breaks off.
        case streaming
        /// The output is complete; its receipt is being signed and stored. To `reported`, or `failed` or `ended`.
        case signing
        /// The receipt is durable and goes out on every session; the network owes its verdict. To `settled` or `ended`.
        case reported(WireWorkerMessage, answerBy: ContinuousClock.Instant)
        /// Paid; the word of the payout is on its way. To `ended`.
        case settled(payoutBy: ContinuousClock.Instant)
        /// Failed while no session stood, so the network is not told yet. To `ended`.
        case failed(WireWorkerMessage)
        /// Nothing is left to do.
        case ended
    }

    private(set) var phase = Phase.waiting
    private let id: JobID
    private let limits: Limits
    /// When the worker stops by itself, so that the receipt arrives before the deadline.
    private let stopAt: ContinuousClock.Instant
    private let estimatedPromptTokens: Int
    private var output: OutputAccumulator
    private var log: DeltaLog
    private var textDeltas = 0
    private var firstTokenAt: Int64?
    private var isPayoutBooked = false
    /// Set while no session carries the job: it is given up then.
    private var detachedUntil: ContinuousClock.Instant?

    init(
        id: JobID,
        limits: Limits,
        estimatedPromptTokens: Int,
        stopAt: ContinuousClock.Instant
    ) {
        self.id = id
        self.limits = limits
        self.estimatedPromptTokens = estimatedPromptTokens
        self.stopAt = stopAt
        // Logprobs are relayed and no digest covers them, so they need not be joined here.
        output = OutputAccumulator(
            form: limits.form,
            choiceCount: limits.choices,
            byteLimit: limits.outputBytes,
            logprobsByteLimit: nil
        )
        log = DeltaLog(jobID: id, byteLimit: limits.resumeBytes)
    }

    /// Whether the backend still works for it, or its receipt is not on disk yet.
    var isRunning: Bool {
        switch phase {
        case .waiting, .streaming, .signing: true
        case .reported, .settled, .failed, .ended: false
        }
    }

    /// Whether nothing more can come of the job.
    var isOver: Bool {
        switch phase {
        case .settled, .ended: true
        case .waiting, .streaming, .signing, .reported, .failed: false
        }
    }

    /// Whether the network must be told of it in the next `Announce`.
    var isOpen: Bool {
        switch phase {
        case .waiting, .streaming, .signing, .reported, .failed: detachedUntil != nil
        case .settled, .ended: false
        }
    }
}

// MARK: - The backend

extension JobCourse {
    /// Takes what the backend sent together: the path of every token.
    mutating func outputArrived(_ deltas: [ChoiceDelta], networkTime: Int64) -> OnOutput {
        switch phase {
        case .waiting:
            phase = .streaming
            firstTokenAt = networkTime
        case .streaming:
            break
        case .signing, .reported, .settled, .failed, .ended:
            return .drop
        }
        var bytes = 0
        for delta in deltas {
            do {
                try output.append(delta)
            } catch {
                let code: WireJobFailure = error.code == .tooLarge ? .outputTooLarge : .backendProtocol
                return .end(fail(code, error.message))
            }
            let text = delta.textBytes
            if text > 0 { textDeltas += 1 }
            bytes += text + delta.logprobs.count + 64
        }
        return .send(log.append(deltas), bytes: bytes)
    }

    /// The backend is done, and every choice has its finish reason.
    mutating func backendFinished(_ summary: GenerationSummary, networkTime: Int64) -> [Action] {
        switch phase {
        case .waiting, .streaming:
            guard output.isComplete else {
                return fail(.backendProtocol, "the backend ended without a finish reason")
            }
            return sign(reported: summary.usage, networkTime: networkTime)
        case .signing, .reported, .settled, .failed, .ended:
            return []
        }
    }

    mutating func backendFailed(_ error: BackendError) -> [Action] {
        switch phase {
        case .waiting, .streaming: fail(WireJobFailure(error.code), error.message)
        case .signing, .reported, .settled, .failed, .ended: []
        }
    }
}

// MARK: - The receipt

extension JobCourse {
    /// The receipt is durable; `finished` carries it.
    mutating func receiptStored(_ finished: WireWorkerMessage, at now: ContinuousClock.Instant) -> [Action] {
        guard case .signing = phase else { return [] }
        phase = .reported(finished, answerBy: now + limits.answer)
        return isAttached ? [.send(finished, bytes: finished.receiptBytes)] : []
    }

    /// The receipt could not be stored, and so must not be sent.
    mutating func receiptLost(_ message: String) -> [Action] {
        guard case .signing = phase else { return [] }
        return fail(.workerError, message)
    }

    /// The network accepted the receipt, and that is booked.
    mutating func settled(at now: ContinuousClock.Instant) -> [Action] {
        guard case .reported = phase else { return [] }
        if isPayoutBooked { return leave() }
        phase = .settled(payoutBy: now + limits.payout)
        return []
    }

    /// The network refused the receipt, and that is booked.
    mutating func refused() -> [Action] {
        guard case .reported = phase else { return [] }
        return leave()
    }

    /// The word of the payout is booked; it may overtake the statement, because both are booked side by side.
    mutating func paid() -> [Action] {
        isPayoutBooked = true
        if case .settled = phase { return leave() }
        return []
    }

    private mutating func sign(reported: TokenUsage?, networkTime: Int64) -> [Action] {
        phase = .signing
        let usage = claim(reported: reported)
        return [
            .sign(
                JobOutput(
                    choices: output.choices,
                    usage: usage,
                    firstTokenAtMilliseconds: firstTokenAt,
                    finishedAtMilliseconds: max(networkTime, firstTokenAt ?? networkTime)
                )
            )
        ]
    }

    private func claim(reported: TokenUsage?) -> TokenUsage {
        if limits.form == .vectors {
            return UsageClaim.promptUsage(
                reported: reported,
                estimatedPrompt: estimatedPromptTokens,
                tokenLimit: limits.tokens
            )
        }
        return UsageClaim.usage(
            reported: reported,
            estimatedPrompt: estimatedPromptTokens,
            output: .init(
                textDeltas: textDeltas,
                bytes: output.byteCount,
                choices: limits.choices,
                tokenLimit: limits.tokens
            )
        )
    }

    /// Closes the choices that are open and signs what there is.
    private mutating func cut(as reason: FinishReason, networkTime: Int64) -> [Action] {
        var actions: [Action] = [.stopBackend]
        let closing = output.finishOpenChoices(as: reason)
        if !closing.isEmpty {
            let delta = log.append(closing)
            if isAttached { actions.append(.send(.make { $0.jobDelta = delta }, bytes: 128 * closing.count)) }
        }
        return actions + sign(reported: nil, networkTime: networkTime)
    }
}

// MARK: - The network

extension JobCourse {
    private var isAttached: Bool { detachedUntil == nil }

    /// The session that carried the job is gone.
    mutating func sessionLost(at now: ContinuousClock.Instant) {
        detachedUntil = detachedUntil ?? now + limits.reconnect
    }

    /// Another session carries the job from here on, and the network wants what it lacks.
    ///
    /// - Returns: The messages, in order; nothing else of the job may go out before them.
    mutating func resumed(nextSequence: UInt64, at now: ContinuousClock.Instant) -> [Action] {
        detachedUntil = nil
        if case .failed(let message) = phase { return [.send(message, bytes: 256)] + leave() }
        guard let deltas = log.deltas(from: nextSequence) else {
            return isRunning
                ? fail(.outputTooLarge, "what the network lacks of the output is not kept any more") : report(at: now)
        }
        return deltas.map { .send(.make($0), bytes: $0.outputBytes) } + report(at: now)
    }

    /// The network wants no more of it.
    mutating func cancelled(
        _ reason: WireCancelReason,
        networkTime: Int64,
        at now: ContinuousClock.Instant
    ) -> [Action] {
        detachedUntil = nil
        switch phase {
        case .waiting where reason == .jobLost:
            // The network waits for no answer, and may have offered the job again already.
            return [.stopBackend] + end(.cancelled(code: reason.word))
        case .waiting:
            return [.stopBackend, .send(failure(.cancelled, "cancelled: \(reason.word)"), bytes: 256)]
                + end(.cancelled(code: reason.word))
        case .streaming:
            return cut(as: .cancelled, networkTime: networkTime)
        case .reported:
            // It knows nothing of the job, so it has no verdict in memory either: it must look at the receipt.
            return report(at: now)
        case .failed:
            return leave()
        case .signing, .settled, .ended:
            return []
        }
    }

    /// Sends the receipt (again), if there is one.
    private mutating func report(at now: ContinuousClock.Instant) -> [Action] {
        guard case .reported(let finished, _) = phase else { return [] }
        phase = .reported(finished, answerBy: now + limits.answer)
        return [.send(finished, bytes: finished.receiptBytes)]
    }
}

// MARK: - Time and the end

extension JobCourse {
    /// Tells the time; several times a second.
    mutating func timeReached(_ now: ContinuousClock.Instant, networkTime: Int64) -> [Action] {
        switch phase {
        case .waiting, .streaming, .signing, .failed:
            if let detachedUntil, now >= detachedUntil { return abandon() }
        case .reported(_, let answerBy):
            // The receipt is on disk and goes out with the next session.
            return now >= max(answerBy, detachedUntil ?? answerBy) ? leave() : []
        case .settled(let payoutBy):
            return now >= payoutBy ? leave() : []
        case .ended:
            return []
        }
        guard now >= stopAt else { return [] }
        switch phase {
        case .waiting: return fail(.backendTimeout, "the backend had no output before the deadline")
        // Half of the vectors are no answer.
        case .streaming where limits.form == .vectors:
            return fail(.backendTimeout, "the vectors were not all sent before the deadline")
        case .streaming: return cut(as: .length, networkTime: networkTime)
        case .signing, .reported, .settled, .failed, .ended: return []
        }
    }

    /// The daemon cannot wait any longer.
    mutating func shutDown() -> [Action] {
        isRunning ? fail(.workerError, "the worker is shutting down") : leave()
    }

    /// The network did not come back in time: it has refunded the job, so nothing would be paid.
    private mutating func abandon() -> [Action] {
        if case .failed = phase { return leave() }
        // A receipt that is being stored goes its way over the disk.
        if case .signing = phase { return [] }
        return [.stopBackend]
            + end(
                .failed(
                    code: "job_lost",
                    message: "the session was lost and not back within \(HumanText.duration(limits.reconnect)), so the"
                        + " network gave the job up and refunded it: nothing is paid"
                )
            )
    }

    private mutating func fail(_ code: WireJobFailure, _ message: String) -> [Action] {
        let report = failure(code, message)
        let ending = JobEnding.failed(code: code.word, message: message)
        guard isAttached else {
            phase = .failed(report)
            return [.stopBackend, .record(ending)]
        }
        return [.stopBackend, .send(report, bytes: 256)] + end(ending)
    }

    private func failure(_ code: WireJobFailure, _ message: String) -> WireWorkerMessage {
        .make {
            $0.jobFailed.jobID = id.description
            $0.jobFailed.code = code
            $0.jobFailed.message = message
        }
    }

    private mutating func end(_ ending: JobEnding) -> [Action] {
        [.record(ending)] + leave()
    }

    private mutating func leave() -> [Action] {
        phase = .ended
        return [.leave]
    }
}
