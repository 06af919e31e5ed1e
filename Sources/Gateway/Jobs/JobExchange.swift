import GatewayStore
import InferenceAPI
import Signing
import WorkerProtocol

/// One job between its caller and the worker that runs it, as a value: it takes what happened and returns what to do.
///
/// It decides everything that can happen to a job after its credits are locked (who is asked next, what the caller
/// sees, when the credits go back) and never waits, locks or reads a clock. ``Job`` holds it in a mutex and
/// ``JobCoordinator`` performs the actions.
struct JobExchange: Sendable {
    enum Phase: Sendable {
        /// No worker holds the job. To `offered`, or `ended` when nobody can take it.
        case seeking
        /// Every slot is busy. To `offered` when one is free, or `ended` at the time.
        case queued(until: ContinuousClock.Instant)
        /// The offer is out. To `accepted`, or back to `seeking`.
        case offered(Attempt, answerBy: ContinuousClock.Instant)
        /// A worker runs it and has sent nothing yet. To `streaming`, or back to `seeking`.
        case accepted(Attempt)
        /// Output flows. To `settling`, `interrupted`, `stopping` or `ended`.
        case streaming(Attempt)
        /// The worker's session was lost after the first delta. Back to `streaming`, or `ended` at the time.
        case interrupted(Attempt, until: ContinuousClock.Instant)
        /// The caller is gone; the worker was told to stop and owes its receipt. To `settling` or `ended`.
        case stopping(Attempt, until: ContinuousClock.Instant)
        /// The receipt is being checked and booked. To `ended`.
        case settling(Attempt)
        /// The caller has its answer or its error. Final.
        case ended
    }

    /// One worker's try at the job.
    struct Attempt: Sendable, Equatable {
        var worker: Address
        /// The session that carries it; a resumed attempt has a new one.
        var sessionID: String
    }

    /// Bounds and times of a job.
    struct Limits: Sendable {
        /// How long a worker may think about an offer.
        var offerAnswer: Duration = .seconds(5)
        /// How long a job may wait for a slot.
        var queueWait: Duration = .seconds(30)
        var reconnect: Duration = .seconds(10)
        var cancelReceipt: Duration = .seconds(5)
        /// A comment is sent when the caller has heard nothing for this long.
        var keepAlive: Duration = .seconds(15)
        /// Output that the caller has not read yet, in bytes; past it the job is stopped and billed.
        var unreadBytes = 1 << 20
        /// All output of the job, in bytes.
        var outputBytes = 4 << 20
    }

    private(set) var phase = Phase.seeking
    private(set) var output: OutputAccumulator
    private(set) var sequence = DeltaSequence()
    /// Workers that refused, failed or were lost; none is asked twice.
    private(set) var passedOver: Set<Address> = []
    private(set) var firstDeltaAt: ContinuousClock.Instant?
    private(set) var callerIsGone = false
    /// What the caller has not read yet; stays empty for plain answers.
    private(set) var unread: [ChoiceDelta] = []
    private var unreadBytes = 0
    private var failureOfLastAttempt: APIError?
    private var lastOutputAt: ContinuousClock.Instant
    private var completion: Completion?

    private let isStreamed: Bool
    /// What a caller is told who waited for a slot in vain.
    private let busy: APIError
    private let deadline: ContinuousClock.Instant
    private let limits: Limits

    /// Begins an exchange for a job whose credits are locked.
    init(
        choiceCount: Int,
        isStreamed: Bool,
        busy: APIError,
        deadline: ContinuousClock.Instant,
        at now: ContinuousClock.Instant,
        limits: Limits = Limits()
    ) {
        self.isStreamed = isStreamed
        self.busy = busy
        self.deadline = deadline
        self.limits = limits
        output = OutputAccumulator(choiceCount: choiceCount, byteLimit: limits.outputBytes)
        lastOutputAt = now
    }

    /// What the coordinator must do, in order.
    enum Action: Sendable {
        /// Find a worker that was not passed over and send it an offer.
        case seek
        /// Give the worker its slot back.
        case release(Attempt)
        /// Tell the worker to stop.
        case cancel(Attempt, WireCancelReason)
        /// Check the receipt against ``output`` and settle; then call `settled` or `receiptRefused`.
        case settle(Attempt, WireJobFinished)
        /// Give the credits back; the exchange has ended.
        case refund(Refund)
        /// The caller has something to read.
        case wakeCaller
    }

    /// Why credits go back.
    struct Refund: Sendable, Equatable {
        var status: JobRefund.Status
        /// The code of the error table, also for callers that hung up.
        var code: String
        var message: String
    }

    /// How the job ended for the caller.
    enum Completion: Sendable {
        case settled(PaidJob)
        case failed(APIError)
    }
}

// MARK: - The worker's side

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

    private func isCurrent(_ sessionID: String) -> Bool { attempt?.sessionID == sessionID }

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
        phase = .queued(until: min(now + limits.queueWait, deadline))
    }

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
        return passOver(attempt, because: nil)
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

    private mutating func relay(_ delta: WireJobDelta, at now: ContinuousClock.Instant) -> [Action] {
        for wire in delta.choices {
            guard let choice = ChoiceDelta(wire) else { return breach("an unknown finish reason") }
            do {
                try output.append(choice)
            } catch {
                return breach(error.message)
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

    mutating func failed(sessionID: String, code: WireJobFailure) -> [Action] {
        guard isCurrent(sessionID), let attempt else { return [] }
        switch phase {
        case .offered, .accepted:
            if let refusal = APIError.callersFault(code) { return [.release(attempt)] + fail(refusal) }
            return passOver(attempt, because: .workerFailed())
        case .streaming, .interrupted:
            return [.release(attempt)] + fail(.workerFailed())
        case .stopping:
            return [.release(attempt)]
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
            return passOver(attempt, because: .workerFailed())
        case .streaming:
            phase = .interrupted(attempt, until: min(now + limits.reconnect, deadline))
            return []
        case .seeking, .queued, .interrupted, .stopping, .settling, .ended:
            return []  // A receipt that is owed may still come on the next session.
        }
    }

    /// The worker is back on another session and says that it runs the job.
    ///
    /// - Returns: The sequence number to go on from, or `nil` if the job is not this worker's any more.
    mutating func resumed(worker: Address, sessionID: String) -> UInt64? {
        guard var attempt, attempt.worker == worker else { return nil }
        attempt.sessionID = sessionID
        switch phase {
        case .interrupted, .streaming:
            phase = .streaming(attempt)
            return sequence.next
        case .stopping(_, let until):
            phase = .stopping(attempt, until: until)
            return sequence.next
        case .seeking, .queued, .offered, .accepted, .settling, .ended:
            return nil
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

    private mutating func passOver(_ attempt: Attempt, because failure: APIError?) -> [Action] {
        passedOver.insert(attempt.worker)
        failureOfLastAttempt = failure ?? failureOfLastAttempt
        phase = .seeking
        return [.release(attempt), .seek]
    }

    /// The worker breaks the protocol: it is stopped, and the job costs nothing.
    private mutating func breach(_ what: String) -> [Action] {
        guard let attempt else { return [] }
        return [.cancel(attempt, .protocol), .release(attempt)] + fail(.workerFailed())
    }
}

// MARK: - The caller's side

extension JobExchange {
    /// What the caller's connection should do next.
    enum OnRead: Sendable {
        /// Nothing is there yet.
        case wait
        /// Send these, in order.
        case deltas([ChoiceDelta])
        /// The job is over.
        case completed(Completion)
    }

    mutating func read(at now: ContinuousClock.Instant) -> OnRead {
        if !unread.isEmpty {
            defer {
                unread = []
                unreadBytes = 0
            }
            lastOutputAt = now
            return .deltas(unread)
        }
        if let completion { return .completed(completion) }
        return .wait
    }

    /// The caller hung up.
    mutating func callerGone(at now: ContinuousClock.Instant) -> [Action] {
        guard !callerIsGone else { return [] }
        callerIsGone = true
        unread = []
        let refund = Refund(status: .cancelled, code: "cancelled", message: "the caller hung up before the first token")
        switch phase {
        case .seeking, .queued:
            return end(refund)
        case .offered(let attempt, _), .accepted(let attempt):
            return [.cancel(attempt, .callerGone), .release(attempt)] + end(refund)
        case .streaming, .interrupted:
            return stop(.callerGone, at: now)
        case .stopping, .settling, .ended:
            return []
        }
    }

    /// Tells the worker to stop; what it made until then is settled.
    private mutating func stop(_ reason: WireCancelReason, at now: ContinuousClock.Instant) -> [Action] {
        guard let attempt else { return [] }
        unread = []
        unreadBytes = 0
        callerIsGone = true
        phase = .stopping(attempt, until: min(now + limits.cancelReceipt, deadline))
        return [.cancel(attempt, reason), .wakeCaller]
    }
}

// MARK: - Time and the end

extension JobExchange {
    /// Whether the caller has waited long enough for a sign of life.
    mutating func keepAliveDue(at now: ContinuousClock.Instant) -> Bool {
        guard completion == nil, now - lastOutputAt >= limits.keepAlive else { return false }
        lastOutputAt = now
        return true
    }

    mutating func timeReached(_ now: ContinuousClock.Instant) -> [Action] {
        switch phase {
        case .settling, .ended:
            return []
        case .stopping(let attempt, let until) where now >= until:
            let refund = Refund(
                status: .cancelled,
                code: "cancelled",
                message: "the caller hung up and no receipt came"
            )
            return [.release(attempt)] + end(refund)
        case .interrupted(let attempt, let until) where now >= until:
            return [.release(attempt)] + fail(.workerFailed())
        case _ where now >= deadline:
            let attempt = attempt
            let actions = attempt.map { [Action.cancel($0, .deadline), .release($0)] } ?? []
            return actions + fail(.jobTimeout(), status: .refunded)
        case .offered(let attempt, let answerBy) where now >= answerBy:
            return [.cancel(attempt, .jobLost)] + passOver(attempt, because: nil)
        case .queued(let until) where now >= until:
            return fail(failureOfLastAttempt ?? busy)
        case .seeking, .queued, .offered, .accepted, .streaming, .interrupted, .stopping:
            return []
        }
    }

    /// The receipt was good, and the settlement is durable.
    mutating func settled(_ job: PaidJob) -> [Action] {
        guard case .settling(let attempt) = phase else { return [] }
        phase = .ended
        completion = .settled(job)
        return [.release(attempt), .wakeCaller]
    }

    /// The receipt does not hold: the job costs nothing.
    mutating func receiptRefused() -> [Action] {
        guard case .settling(let attempt) = phase else { return [] }
        return [.release(attempt)] + fail(.invalidProof())
    }

    /// The settlement could not be booked, for a reason that is not the worker's.
    mutating func settlementFailed(_ error: APIError) -> [Action] {
        guard case .settling(let attempt) = phase else { return [] }
        phase = .ended
        completion = .failed(error)
        return [.release(attempt), .wakeCaller]
    }

    private mutating func fail(_ error: APIError, status: JobRefund.Status = .failed) -> [Action] {
        end(.init(status: status, code: error.code.rawValue, message: error.message), error)
    }

    private mutating func end(_ refund: Refund, _ error: APIError = .workerFailed()) -> [Action] {
        phase = .ended
        completion = .failed(error)
        return [.refund(refund), .wakeCaller]
    }
}
