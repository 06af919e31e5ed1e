import GatewayStore
import InferenceAPI
import Signing
import WorkerProtocol

// The worker's side: what its session reports.

extension JobExchange {
    /// The attempt that holds the job now, whatever its phase.
    var attempt: Attempt? {
        switch phase {
        case .offered(let attempt, _), .accepted(let attempt), .streaming(let attempt), .interrupted(let attempt, _),
            .stopping(let attempt, _), .settling(let attempt):
            attempt
        case .seeking, .queued, .ended: nil
        }
    }

    func isCurrent(_ sessionID: String) -> Bool { attempt?.sessionID == sessionID }

    /// An offer is about to go out.
    ///
    /// - Returns: False if the job does not want a worker any more; the slot is free again then.
    mutating func offered(_ attempt: Attempt, at now: ContinuousClock.Instant) -> Bool {
        switch phase {
        case .seeking, .queued:
            phase = .offered(attempt, answerBy: now + limits.offerAnswer)
            return true
        case .offered, .accepted, .streaming, .interrupted, .stopping, .settling, .ended:
            return false
        }
    }

    /// Every slot is busy; the job waits for one.
    mutating func queued(at now: ContinuousClock.Instant) {
        guard case .seeking = phase else { return }
        phase = .queued(until: awaitsReturn ? deadline - limits.leastTime : min(now + limits.queueWait, deadline))
    }

    /// Whether a worker that was lost with the job may still have it on its next session.
    var awaitsReturn: Bool { losses.keys.contains { !passedOver.contains($0) } }

    /// Nobody is left to ask; `error` says why nobody was there in the first place.
    mutating func nobodyToAsk(_ error: APIError) -> [Action] {
        switch phase {
        case .seeking, .queued: return fail(failureOfLastAttempt ?? error)
        case .offered, .accepted, .streaming, .interrupted, .stopping, .settling, .ended: return []
        }
    }

    mutating func accepted(sessionID: String) -> Bool {
        guard case .offered(let attempt, _) = phase, attempt.sessionID == sessionID else { return false }
        phase = .accepted(attempt)
        return true
    }

    mutating func refused(sessionID: String, reason: WireRefusal) -> [Action] {
        guard case .offered(let attempt, _) = phase, attempt.sessionID == sessionID else { return [] }
        switch reason {
        case .atCapacity:
            wasRefusedForCapacity = true
            failureOfLastAttempt = nil
            return passOver(attempt, .refused(reason), because: nil)
        case .tooLarge:
            // Where no other worker has more room, the prompt is what the caller can change.
            let failure = APIError.contextLengthExceeded(param: kind.promptParameter)
            return passOver(attempt, .refused(reason), because: failure)
        case .unsupported:
            return passOver(attempt, .refused(reason), because: .notServed())
        default:
            return passOver(attempt, .refused(reason), because: nil)
        }
    }

    /// Whether deltas of a session are the job's output now.
    func takesDeltas(sessionID: String) -> Bool {
        guard isCurrent(sessionID) else { return false }
        switch phase {
        case .accepted, .streaming, .stopping: return true
        case .seeking, .queued, .offered, .interrupted, .settling, .ended: return false
        }
    }

    /// Relays one delta to the caller.
    mutating func deltaReceived(
        _ delta: WireJobDelta,
        sessionID: String,
        at now: ContinuousClock.Instant
    ) -> [Action] {
        guard isCurrent(sessionID) else { return [] }
        switch phase {
        case .accepted(let attempt):
            phase = .streaming(attempt)
            firstDeltaAt = now
        case .streaming, .stopping:
            break
        case .seeking, .queued, .offered, .interrupted, .settling, .ended:
            return []
        }
        switch sequence.deltaReceived(sequence: delta.sequence) {
        case .repeated: return []
        case .gap: return breach("a delta is missing before sequence \(delta.sequence)")
        case .relay: return relay(delta, at: now)
        }
    }

    mutating func relay(_ delta: WireJobDelta, at now: ContinuousClock.Instant) -> [Action] {
        for wire in delta.choices {
            guard let choice = ChoiceDelta(wire) else { return breach("an unknown finish reason") }
            if kind == .embeddings, choice.embedding.isEmpty, !callerIsGone {
                return breach("an input without a vector, and nobody had cancelled the job")
            }
            do {
                try output.append(choice)
            } catch {
                return error.code == .logprobsTooLarge ? logprobsTooLarge() : breach(error.message)
            }
            guard isStreamed, !callerIsGone else { continue }
            unread.append(choice)
            unreadBytes += wire.outputBytes + 64
        }
        if isStreamed, unreadBytes > limits.unreadBytes { return stop(.callerTooSlow, at: now) }
        return unread.isEmpty ? [] : [.wakeCaller]
    }

    mutating func finished(_ finished: WireJobFinished, sessionID: String) -> [Action]? {
        guard isCurrent(sessionID) else { return nil }
        switch phase {
        case .accepted(let attempt), .streaming(let attempt), .stopping(let attempt, _), .interrupted(let attempt, _):
            phase = .settling(attempt)
            return [.settle(attempt, finished)]
        case .seeking, .queued, .offered, .settling, .ended:
            return nil
        }
    }

    mutating func failed(sessionID: String, code: WireJobFailure, at now: ContinuousClock.Instant) -> [Action] {
        guard isCurrent(sessionID), let attempt else { return [] }
        let outcome = WorkerFault(code).map(AttemptOutcome.failed) ?? .withdrawn
        switch phase {
        case .offered, .accepted:
            // The worker gave up because the time was up; the SDKs must not try again what takes too long.
            if code == .backendTimeout, deadline - now < limits.leastTime {
                return [.release(attempt, outcome)] + timeOut()
            }
            if let refusal = APIError.callersFault(code, kind: kind) {
                return [.release(attempt, outcome)] + fail(refusal)
            }
            return passOver(attempt, outcome, because: code == .unsupported ? .notServed() : .workerFailed())
        case .streaming, .interrupted:
            return [.release(attempt, outcome)] + fail(.workerFailed())
        case .stopping:
            return [.release(attempt, .withdrawn)]
                + end(.init(status: .cancelled, code: "cancelled", message: "the caller hung up"))
        case .seeking, .queued, .settling, .ended:
            return []
        }
    }

    /// The session that carried the job is gone.
    mutating func sessionLost(sessionID: String, at now: ContinuousClock.Instant) -> [Action] {
        guard isCurrent(sessionID), let attempt else { return [] }
        switch phase {
        case .offered, .accepted:
            return lost(attempt)
        case .streaming:
            phase = .interrupted(attempt, until: min(now + limits.reconnect, deadline))
            return []
        case .seeking, .queued, .interrupted, .stopping, .settling, .ended:
            return []  // A receipt that is owed may still come on the next session.
        }
    }

    /// What to do with a job that a worker says it runs.
    enum OnResumed: Sendable, Equatable {
        /// Its slot counts on the new session from now on; the worker goes on from this sequence number.
        case resume(next: UInt64)
        /// This session has it already: a second `Announce` lists what the first session of the job does.
        case goesOn
        /// The job is not this worker's any more.
        case lost
    }

    /// The worker says that it runs the job, after it came back on another session.
    mutating func resumed(worker: Address, sessionID: String) -> OnResumed {
        guard var attempt, attempt.worker == worker else { return .lost }
        if attempt.sessionID == sessionID {
            switch phase {
            case .offered, .accepted, .streaming, .stopping, .settling: return .goesOn
            case .seeking, .queued, .interrupted, .ended: break
            }
        }
        attempt.sessionID = sessionID
        switch phase {
        case .interrupted, .streaming:
            phase = .streaming(attempt)
            return .resume(next: sequence.next)
        case .stopping(_, let until):
            phase = .stopping(attempt, until: until)
            return .resume(next: sequence.next)
        case .seeking, .queued, .offered, .accepted, .settling, .ended:
            return .lost
        }
    }

    /// Gives the attempt its new session, so that a receipt sent again on it is taken.
    mutating func receiptSentAgain(worker: Address, sessionID: String) {
        guard var attempt, attempt.worker == worker else { return }
        attempt.sessionID = sessionID
        switch phase {
        case .streaming: phase = .streaming(attempt)
        case .interrupted(_, let until): phase = .interrupted(attempt, until: until)
        case .stopping(_, let until): phase = .stopping(attempt, until: until)
        case .seeking, .queued, .offered, .accepted, .settling, .ended: break
        }
    }

    mutating func passOver(
        _ attempt: Attempt,
        _ outcome: AttemptOutcome,
        because failure: APIError?
    ) -> [Action] {
        passedOver.insert(attempt.worker)
        failureOfLastAttempt = failure ?? failureOfLastAttempt
        phase = .seeking
        return [.release(attempt, outcome), .seek]
    }

    /// The worker is gone and nothing was made: whoever is there next gets the job, this worker included.
    private mutating func lost(_ attempt: Attempt) -> [Action] {
        let count = losses[attempt.worker, default: 0] + 1
        losses[attempt.worker] = count
        if count >= limits.lossesOnOneWorker { passedOver.insert(attempt.worker) }
        failureOfLastAttempt = .workerFailed()
        phase = .seeking
        return [.release(attempt, .failed(.lost)), .seek]
    }

    /// A plain answer cannot hold what the caller asked for, which no worker can know: the job is stopped and costs nothing.
    private mutating func logprobsTooLarge() -> [Action] {
        guard let attempt else { return [] }
        let error = APIError.unsupportedFeature(
            "The log probabilities of this answer are too many for one body. Ask for a stream, or for fewer.",
            param: "logprobs"
        )
        return [.cancel(attempt, .protocol), .release(attempt, .withdrawn)] + fail(error)
    }

    /// The worker breaks the protocol: it is stopped, and the job costs nothing.
    mutating func breach(_ what: String) -> [Action] {
        guard let attempt else { return [] }
        return [.cancel(attempt, .protocol), .release(attempt, .failed(.protocolBreach))] + fail(.workerFailed())
    }
}
