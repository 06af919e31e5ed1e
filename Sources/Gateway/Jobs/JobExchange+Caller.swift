import GatewayStore
import InferenceAPI
import WorkerProtocol

// The caller's side: what it reads, and when it leaves.

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
            return [.cancel(attempt, .callerGone), .release(attempt, .withdrawn)] + end(refund)
        case .streaming, .interrupted:
            return stop(.callerGone, at: now)
        case .stopping, .settling, .ended:
            return []
        }
    }

    /// Tells the worker to stop; what it made until then is settled.
    mutating func stop(_ reason: WireCancelReason, at now: ContinuousClock.Instant) -> [Action] {
        guard let attempt else { return [] }
        unread = []
        unreadBytes = 0
        callerIsGone = true
        phase = .stopping(attempt, until: min(now + limits.cancelReceipt, deadline))
        return [.cancel(attempt, reason), .wakeCaller]
    }
}
