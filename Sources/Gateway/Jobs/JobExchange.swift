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
        /// Every slot is busy, or the worker that had it may return. To `offered`, or `ended` at the time.
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
        /// What must be left before the deadline for another worker to begin: the 5 s in which the last receipt may
        /// come, and one more.
        var leastTime: Duration = SessionLimits().deadlineMargin + .seconds(1)
        /// Sessions of one worker that a job may be lost with before its first token; then the worker is not asked
        /// again, because the job itself may be what ends them.
        var lossesOnOneWorker = 3
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
        /// All vectors of a job, in bytes.
        var embeddingBytes = SessionLimits().embeddingBytes
        /// All log probabilities of a plain answer, in bytes.
        var logprobsBytes = 16 << 20
    }

    // The aspects in the files beside this one change what follows; nobody else does.
    var phase = Phase.seeking
    var output: OutputAccumulator
    var sequence = DeltaSequence()
    /// Workers that refused or failed; none is asked twice.
    var passedOver: Set<Address> = []
    /// Workers whose session was lost with the job in it, and how often: a new session may have it again.
    var losses: [Address: Int] = [:]
    var firstDeltaAt: ContinuousClock.Instant?
    var callerIsGone = false
    /// What the caller has not read yet; stays empty for plain answers.
    var unread: [ChoiceDelta] = []
    var unreadBytes = 0
    var failureOfLastAttempt: APIError?
    /// Whether the last worker that refused it had no slot for it after all.
    var wasRefusedForCapacity = false
    var lastOutputAt: ContinuousClock.Instant
    var completion: Completion?

    let kind: RequestKind
    let isStreamed: Bool
    let deadline: ContinuousClock.Instant
    /// The whole time from the lock to the deadline.
    let timeout: Duration
    let limits: Limits

    /// Begins an exchange for a job whose credits are locked.
    init(
        kind: RequestKind = .chatCompletions,
        choiceCount: Int,
        isStreamed: Bool,
        deadline: ContinuousClock.Instant,
        at now: ContinuousClock.Instant,
        limits: Limits = Limits()
    ) {
        self.kind = kind
        self.isStreamed = isStreamed
        self.deadline = deadline
        timeout = deadline - now
        self.limits = limits
        // A stream's log probabilities are gone with their chunk.
        output = OutputAccumulator(
            form: kind.outputForm,
            choiceCount: choiceCount,
            byteLimit: kind == .embeddings ? limits.embeddingBytes : limits.outputBytes,
            logprobsByteLimit: isStreamed ? nil : limits.logprobsBytes
        )
        lastOutputAt = now
    }

    /// What the coordinator must do, in order.
    enum Action: Sendable {
        /// Find a worker that was not passed over and send it an offer.
        case seek
        /// It waited for a slot in vain: call `nobodyToAsk` with how long the wait is now.
        case giveUp
        /// Give the worker its slot back, and judge it by how its attempt ended.
        case release(Attempt, AttemptOutcome)
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
