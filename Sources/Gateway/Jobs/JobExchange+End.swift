import GatewayStore
import InferenceAPI
import WorkerProtocol

// How a job ends: in time, paid, or with its credits back.

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
            return [.release(attempt, .failed(.noReceipt))] + end(refund)
        case .interrupted(let attempt, let until) where now >= until:
            return [.release(attempt, .failed(.lost))] + fail(.workerFailed())
        case _ where now >= deadline:
            let outcome = outcomeAtDeadline
            let actions = attempt.map { [Action.cancel($0, .deadline), .release($0, outcome)] } ?? []
            return actions + timeOut()
        case .offered(let attempt, let answerBy) where now >= answerBy:
            return [.cancel(attempt, .jobLost)] + passOver(attempt, .failed(.noAnswer), because: nil)
        case .queued(let until) where now >= until:
            return [.giveUp]
        case .seeking, .queued, .offered, .accepted, .streaming, .interrupted, .stopping:
            return []
        }
    }

    /// The receipt was good, and the settlement is durable.
    mutating func settled(_ job: PaidJob) -> [Action] {
        guard case .settling(let attempt) = phase else { return [] }
        phase = .ended
        completion = .settled(job)
        return [.release(attempt, .settled), .wakeCaller]
    }

    /// The receipt does not hold: the job costs nothing.
    mutating func receiptRefused() -> [Action] {
        guard case .settling(let attempt) = phase else { return [] }
        return [.release(attempt, .failed(.receiptRefused))] + fail(.invalidProof())
    }

    /// The settlement could not be booked, for a reason that is not the worker's.
    mutating func settlementFailed(_ error: APIError) -> [Action] {
        guard case .settling(let attempt) = phase else { return [] }
        phase = .ended
        completion = .failed(error)
        return [.release(attempt, .withdrawn), .wakeCaller]
    }

    /// A worker ends a job 5 s before its deadline; one that has accepted it and did not is at fault.
    private var outcomeAtDeadline: AttemptOutcome {
        switch phase {
        case .accepted, .streaming, .interrupted, .stopping: .failed(.deadline)
        case .seeking, .queued, .offered, .settling, .ended: .withdrawn
        }
    }

    mutating func timeOut() -> [Action] {
        fail(.jobTimeout(seconds: Int(timeout.components.seconds)), status: .refunded)
    }

    mutating func fail(_ error: APIError, status: JobRefund.Status = .failed) -> [Action] {
        end(.init(status: status, code: error.code.rawValue, message: error.message), error)
    }

    mutating func end(_ refund: Refund, _ error: APIError = .workerFailed()) -> [Action] {
        phase = .ended
        completion = .failed(error)
        return [.refund(refund), .wakeCaller]
    }
}
