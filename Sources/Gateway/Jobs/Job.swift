import GatewayStore
import InferenceAPI
import Receipts
import Signing
import Synchronization
import WorkerProtocol

/// A running job: the facts that never change, and the exchange between its caller and its worker.
///
/// The caller's connection reads from it with ``next()``; the worker's connection feeds the exchange through
/// ``JobCoordinator``.
final class Job: Sendable {
    let id: JobID
    let requestID: String
    let request: InferenceRequest
    /// The caller's body, byte for byte; in memory only, and gone with the job.
    let body: [UInt8]
    let requestDigest: Digest
    let model: CatalogueModel
    /// The price, frozen at the lock.
    let rule: ChargeRule
    /// Per choice.
    let maxOutputTokens: Int
    let wallet: Address
    let lock: CreditLock
    let createdAtMilliseconds: Int64
    let deadlineMilliseconds: Int64
    /// A worker's self-test: free, for that worker alone, and in nobody's figures.
    let isTest: Bool

    private struct State {
        var exchange: JobExchange
        var reader: CheckedContinuation<Output, Never>?
        /// The offer of the attempt that holds the job.
        var offer: Offer?
        var offeredAtMilliseconds: Int64?
        var acceptedAtMilliseconds: Int64?
        var firstTokenAtMilliseconds: Int64?
        var lastDeltaAtMilliseconds: Int64?
        /// Seed providers that had it; none has it twice.
        var triedSeeds: Set<String> = []
        /// What the worker, or the gateway of its receipt, said last; for the result of a test.
        var trouble: String?
    }

    private let state: Mutex<State>

    init(
        id: JobID,
        requestID: String,
        request: InferenceRequest,
        body: [UInt8],
        requestDigest: Digest,
        model: CatalogueModel,
        rule: ChargeRule,
        maxOutputTokens: Int,
        wallet: Address,
        lock: CreditLock,
        createdAtMilliseconds: Int64,
        deadlineMilliseconds: Int64,
        isTest: Bool = false,
        exchange: JobExchange
    ) {
        self.id = id
        self.requestID = requestID
        self.request = request
        self.body = body
        self.requestDigest = requestDigest
        self.model = model
        self.rule = rule
        self.maxOutputTokens = maxOutputTokens
        self.wallet = wallet
        self.lock = lock
        self.createdAtMilliseconds = createdAtMilliseconds
        self.deadlineMilliseconds = deadlineMilliseconds
        self.isTest = isTest
        state = Mutex(State(exchange: exchange))
    }

    /// What the caller's connection gets.
    enum Output: Sendable {
        case deltas([ChoiceDelta])
        /// Nothing came for a while: send a comment.
        case keepAlive
        case completed(JobExchange.Completion)
    }

    /// Feeds the exchange one event; the actions that it returns are the coordinator's to perform.
    func update<Result: Sendable>(_ event: (inout JobExchange) -> Result) -> Result {
        state.withLock { event(&$0.exchange) }
    }

    var worker: Address? { state.withLock { $0.exchange.attempt?.worker } }

    var triedSeeds: Set<String> { state.withLock { $0.triedSeeds } }

    func noteTried(seed provider: String) {
        state.withLock { _ = $0.triedSeeds.insert(provider) }
    }

    /// What went wrong last, for the worker's operator; nil if nothing did.
    var trouble: String? { state.withLock { $0.trouble } }

    func noteTrouble(_ text: String) {
        state.withLock { $0.trouble = text }
    }

    // MARK: The attempt

    /// Remembers the offer that went out; a receipt is checked against it.
    func remember(_ offer: Offer, atMilliseconds now: Int64) {
        state.withLock {
            $0.offer = offer
            $0.offeredAtMilliseconds = now
            $0.acceptedAtMilliseconds = nil
            $0.firstTokenAtMilliseconds = nil
            $0.lastDeltaAtMilliseconds = nil
        }
    }

    /// Remembers when the worker accepted.
    ///
    /// - Returns: The offer that it accepted.
    func noteAccepted(atMilliseconds now: Int64) -> Offer? {
        state.withLock {
            $0.acceptedAtMilliseconds = now
            return $0.offer
        }
    }

    /// Feeds one delta to the exchange, under one lock with the times that its receipt is held against.
    func deltaReceived(
        _ delta: WireJobDelta,
        sessionID: String,
        atMilliseconds now: Int64
    ) -> [JobExchange.Action] {
        state.withLock { state in
            // Anybody who was ever offered the job knows its id: only the deltas of who has it now make times.
            if state.exchange.takesDeltas(sessionID: sessionID) {
                state.firstTokenAtMilliseconds = state.firstTokenAtMilliseconds ?? now
                state.lastDeltaAtMilliseconds = now
            }
            return state.exchange.deltaReceived(delta, sessionID: sessionID, at: .now)
        }
    }

    /// Everything that a receipt is checked against and a settlement is made of.
    struct Claim: Sendable {
        var offer: Offer
        var choices: [FinalChoice]
        var outputBytes: Int
        var isComplete: Bool
        var offeredAtMilliseconds: Int64
        var acceptedAtMilliseconds: Int64
        var firstTokenAtMilliseconds: Int64?
        /// When the last delta came: a receipt may be sent again much later.
        var finishedAtMilliseconds: Int64
        var callerIsGone: Bool
    }

    var claim: Claim? {
        state.withLock { state in
            guard let offer = state.offer, let offered = state.offeredAtMilliseconds,
                let accepted = state.acceptedAtMilliseconds
            else { return nil }
            return Claim(
                offer: offer,
                choices: state.exchange.output.choices,
                outputBytes: state.exchange.output.byteCount,
                isComplete: state.exchange.output.isComplete,
                offeredAtMilliseconds: offered,
                acceptedAtMilliseconds: accepted,
                firstTokenAtMilliseconds: state.firstTokenAtMilliseconds,
                finishedAtMilliseconds: state.lastDeltaAtMilliseconds ?? accepted,
                callerIsGone: state.exchange.callerIsGone
            )
        }
    }

    var choices: [FinalChoice] { state.withLock { $0.exchange.output.choices } }

    // MARK: The caller

    /// Waits for the next thing for the caller, for one reader.
    ///
    /// It never throws: a cancelled reader still gets the job's end, after telling the coordinator that the caller is
    /// gone.
    func next() async -> Output {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> Output? in
                precondition(state.reader == nil, "a job has one reader")
                if let output = Self.read(&state) { return output }
                state.reader = continuation
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    /// Gives the waiting reader what has come.
    func wakeReader() {
        let woken = state.withLock { state -> (CheckedContinuation<Output, Never>, Output)? in
            guard let reader = state.reader, let output = Self.read(&state) else { return nil }
            state.reader = nil
            return (reader, output)
        }
        if let (reader, output) = woken { reader.resume(returning: output) }
    }

    /// Lets the waiting reader send a sign of life, if one is due.
    func keepAlive(at now: ContinuousClock.Instant) {
        let reader = state.withLock { state -> CheckedContinuation<Output, Never>? in
            guard let reader = state.reader, state.exchange.keepAliveDue(at: now) else { return nil }
            state.reader = nil
            return reader
        }
        reader?.resume(returning: .keepAlive)
    }

    private static func read(_ state: inout State) -> Output? {
        switch state.exchange.read(at: .now) {
        case .wait: nil
        case .deltas(let deltas): .deltas(deltas)
        case .completed(let completion): .completed(completion)
        }
    }
}
