/// Whether the server runs, and when it is started again or stopped for want of use, as a value: it is told what
/// happened and when, and says what to do next.
///
/// Times are since the supervision began.
package struct LlamaServerSupervision: Sendable {
    /// When a server is started again, and when it is stopped.
    package struct Policy: Sendable, Equatable {
        /// The wait after the first failure; it doubles with each one in a row.
        package var firstWait: Duration = .milliseconds(500)

        /// The longest wait: what is broken for good is still tried this often.
        package var longestWait: Duration = .seconds(60)

        /// Failures in a row from which the backend is unhealthy instead of starting.
        package var crashLoop: Int = 5

        /// A server that served for this long starts with a clean record when it ends.
        package var stableAfter: Duration = .seconds(60)

        /// A server that had no request for this long is stopped until the next one; `nil` keeps it.
        package var unloadAfter: Duration?

        package init() {}
    }

    enum State: Sendable, Equatable {
        /// Nothing was started yet; goes to `starting`.
        case idle

        /// The process runs and `/health` does not say yes; goes to `serving` or `waiting`.
        ///
        /// `isOnDemand` if a request waits for it.
        case starting(since: Duration, isOnDemand: Bool)

        /// It takes requests; goes to `waiting` when the process ends, to `unloading` when nobody uses it.
        case serving(since: Duration)

        /// It is being stopped for want of use; goes to `unloaded`, or to `starting` if a request came meanwhile.
        case unloading

        /// It is stopped for want of use; goes to `starting` with the next request.
        case unloaded

        /// It ended and is started again at this time; goes to `starting`.
        case waiting(until: Duration)

        /// The backend was told to stop; stays so.
        case stopped
    }

    /// What to do when the server has ended.
    enum OnEnded: Sendable, Equatable {
        /// Start it again after this time.
        case startAgain(after: Duration)

        /// Start it again when a request wants it.
        case startOnDemand

        /// Nothing: it was to end.
        case stayStopped
    }

    /// What to do with a request.
    enum OnRequest: Sendable, Equatable {
        /// Send it.
        case send

        /// Have the server started if it is not, and ask again when something changed.
        case waitForStart

        /// Refuse it, for this reason.
        case refuse(String)
    }

    /// What to do about a server that may be unused.
    enum OnIdle: Sendable, Equatable {
        /// Stop it.
        case unload

        /// Ask again after this time.
        case wait(Duration)
    }

    private let policy: Policy
    private(set) var state: State = .idle

    /// Failures in a row.
    private(set) var failures = 0

    /// Why it last ended, safe to show; empty before that.
    private(set) var lastReason = ""

    private var requestsInFlight = 0
    /// When the last request ended, or the server became healthy.
    private var idleSince: Duration = .zero
    /// Whether a request waits for a server that is not started.
    private(set) var isWanted = false

    init(policy: Policy = Policy()) {
        self.policy = policy
    }

    // MARK: The process

    /// The process is about to be started.
    mutating func launching(at now: Duration) {
        guard state != .stopped else { return }
        state = .starting(since: now, isOnDemand: isWanted)
        isWanted = false
    }

    /// `/health` said yes while the process that was started is alive.
    mutating func becameHealthy(at now: Duration) {
        guard case .starting = state else { return }
        state = .serving(since: now)
        idleSince = now
    }

    /// The process ended, or could not be started.
    mutating func ended(_ reason: String, at now: Duration) -> OnEnded {
        switch state {
        case .stopped:
            return .stayStopped
        case .unloading:
            failures = 0
            state = .unloaded
            return isWanted ? .startAgain(after: .zero) : .startOnDemand
        case .serving(let since) where now - since >= policy.stableAfter:
            failures = 0
        default:
            break
        }
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

    // MARK: Requests

    /// A request came, or one that waits asks again; ``requestEnded(at:)`` follows once it was sent.
    mutating func requestCame(at now: Duration) -> OnRequest {
        switch state {
        case .serving:
            requestsInFlight += 1
            return .send
        case .unloading, .unloaded:
            isWanted = true
            return .waitForStart
        case .starting(_, isOnDemand: true):
            return .waitForStart
        case .idle, .starting, .waiting, .stopped:
            return .refuse(health(at: now)?.reason ?? "")
        }
    }

    /// A request that was sent is over.
    mutating func requestEnded(at now: Duration) {
        precondition(requestsInFlight > 0, "a request of llama-server ended twice")
        requestsInFlight -= 1
        idleSince = now
    }

    /// Says whether a server that serves is to be stopped for want of use, and counts it as being stopped if so.
    mutating func lookForUse(at now: Duration) -> OnIdle {
        guard let limit = policy.unloadAfter else { return .wait(.seconds(3600)) }
        guard case .serving = state, requestsInFlight == 0 else { return .wait(limit) }
        let left = idleSince + limit - now
        guard left <= .zero else { return .wait(left) }
        state = .unloading
        return .unload
    }

    // MARK: Health

    /// What the supervision says of the backend; `nil` while it serves and can be asked itself.
    func health(at now: Duration) -> BackendHealth? {
        switch state {
        case .serving:
            return nil
        case .stopped:
            return .unhealthy("llama-server is stopped")
        case .idle:
            return .starting("llama-server is not started yet")
        case .unloading, .unloaded:
            return BackendHealth(
                state: .unloaded,
                reason: "llama-server is stopped because nobody used it, and starts with the next job"
            )
        case .starting(let since, isOnDemand: true):
            return BackendHealth(state: .unloaded, reason: "llama-server is loading its model\(Self.time(now - since))")
        case .starting(let since, isOnDemand: false) where failures == 0:
            return .starting("llama-server is loading its model\(Self.time(now - since))")
        case .starting(let since, isOnDemand: false):
            return failed("llama-server is starting again\(Self.time(now - since))")
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

    /// How long a start has taken, in steps of ten seconds: each change of the reason is told to the networks.
    private static func time(_ duration: Duration) -> String {
        let tens = duration.components.seconds / 10
        return tens > 0 ? ", for \(tens * 10) s now" : ""
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
