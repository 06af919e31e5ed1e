/// Whether the server runs, and when it is started again, as a value: it is told what happened and when, and says what
/// to do next.
///
/// Times are since the supervision began.
package struct LlamaServerSupervision: Sendable {
    /// When a server that ended is started again.
    package struct Policy: Sendable, Equatable {
        /// The wait after the first failure; it doubles with each one in a row.
        package var firstWait: Duration = .milliseconds(500)

        /// The longest wait: what is broken for good is still tried this often.
        package var longestWait: Duration = .seconds(60)

        /// Failures in a row from which the backend is unhealthy instead of starting.
        package var crashLoop: Int = 5

        /// A server that served for this long starts with a clean record when it ends.
        package var stableAfter: Duration = .seconds(60)

        package init() {}
    }

    enum State: Sendable, Equatable {
        /// Nothing was started yet; goes to `starting`.
        case idle

        /// The process runs and `/health` does not say yes; goes to `serving` or `waiting`.
        case starting

        /// It takes requests; goes to `waiting` when the process ends.
        case serving(since: Duration)

        /// It ended and is started again at this time; goes to `starting`.
        case waiting(until: Duration)

        /// The backend was told to stop; stays so.
        case stopped
    }

    /// What to do when the server has ended.
    enum OnEnded: Sendable, Equatable {
        /// Start it again after this time.
        case startAgain(after: Duration)

        /// Nothing: it was to end.
        case stayStopped
    }

    private let policy: Policy
    private(set) var state: State = .idle

    /// Failures in a row.
    private(set) var failures = 0

    /// Why it last ended, safe to show; empty before that.
    private(set) var lastReason = ""

    init(policy: Policy = Policy()) {
        self.policy = policy
    }

    /// The process is about to be started.
    mutating func launching() {
        guard state != .stopped else { return }
        state = .starting
    }

    /// `/health` said yes while the process that was started is alive.
    mutating func becameHealthy(at now: Duration) {
        guard case .starting = state else { return }
        state = .serving(since: now)
    }

    /// The process ended, or could not be started.
    mutating func ended(_ reason: String, at now: Duration) -> OnEnded {
        if case .serving(let since) = state, now - since >= policy.stableAfter { failures = 0 }
        guard state != .stopped else { return .stayStopped }
        failures += 1
        lastReason = reason
        let wait = wait(afterFailures: failures)
        state = .waiting(until: now + wait)
        return .startAgain(after: wait)
    }

    /// The backend is told to stop; whatever ends now was meant to.
    mutating func stopping() {
        state = .stopped
    }

    /// What the supervision says of the backend; `nil` while it serves and can be asked itself.
    func health(at now: Duration) -> BackendHealth? {
        switch state {
        case .serving:
            return nil
        case .stopped:
            return .unhealthy("llama-server is stopped")
        case .idle:
            return .starting("llama-server is not started yet")
        case .starting where failures == 0:
            return .starting("llama-server is loading its model")
        case .starting:
            return failed("llama-server is starting again")
        case .waiting(let until):
            let seconds = max(.zero, until - now).wholeSeconds
            return failed("llama-server starts again in \(seconds) s")
        }
    }

    private func failed(_ doing: String) -> BackendHealth {
        failures < policy.crashLoop
            ? .starting("\(doing): \(lastReason)")
            : .unhealthy("\(doing) after \(failures) failures in a row: \(lastReason)")
    }

    private func wait(afterFailures failures: Int) -> Duration {
        var wait = policy.firstWait
        for _ in 1..<max(failures, 1) where wait < policy.longestWait { wait *= 2 }
        return min(wait, policy.longestWait)
    }
}

extension Duration {
    /// Whole seconds, rounded up.
    fileprivate var wholeSeconds: Int64 {
        components.seconds + (components.attoseconds > 0 ? 1 : 0)
    }
}
