import GatewayStore
import InferenceAPI
import Signing

/// Requests with an `Idempotency-Key` that are being answered, and answers that were given, as a value.
///
/// One request of a key is made at a time; whoever sends the same meanwhile waits for its answer, and keeps the job
/// running if the first caller leaves. Whether a key of the past belongs to a job is the ledger's to know.
struct IdempotencyBook: Sendable {
    /// Bounds of the answers that are kept; the oldest gives way.
    struct Limits: Sendable {
        var answers = 10_000
        /// Of all answers; one that alone has more than an eighth of it is not kept.
        var bytes = 64 << 20
    }

    /// A caller's key, which another wallet may have too.
    struct Key: Hashable, Sendable {
        var wallet: Address
        var sha256: Digest
    }

    /// The making of a key's request; a key has one at a time, and each is told from those before it.
    struct Turn: Hashable, Sendable {
        let key: Key
        fileprivate let number: UInt64
    }

    /// Somebody who waits for the answer to a request that another makes.
    struct Reader: Hashable, Sendable {
        let key: Key
        fileprivate let number: UInt64
    }

    /// What to do with a request.
    enum OnBegin: Sendable, Equatable {
        /// Nobody is at it: look whether the ledger knows the key, else make the request; then call `ended`.
        case first(Turn)
        /// Wait until the reader is named by `ended`.
        case wait(Reader)
        /// Give this answer again.
        case kept(KeptAnswer)
        /// Refuse it: the key is in use for another request.
        case conflict
    }

    /// How the request of a key ended.
    enum Ending: Sendable, Equatable {
        /// Its plain answer; it is kept.
        case answered(KeptAnswer)
        /// Its job failed and cost nothing. Those who wait get the error; later ones make the request anew.
        case failed(APIError)
        /// Its answer is a stream, which nobody else gets: it belongs to this job.
        case streaming(JobID)
        /// No job was made, or it ended because its caller left: those who wait begin again.
        case withdrawn
    }

    private struct Running: Sendable {
        let turn: Turn
        var request: Digest
        var firstIsThere = true
        var readers: Set<UInt64> = []
        /// All had left before its end, and the job was told.
        var isAbandoned = false
    }

    private struct Kept: Sendable {
        var request: Digest
        var answer: KeptAnswer
        /// Its place among the kept, by age.
        var place: UInt64
        /// Unix milliseconds.
        var at: Int64
    }

    private let limits: Limits
    private var running: [Key: Running] = [:]
    private var kept: [Key: Kept] = [:]
    private var places: [UInt64: Key] = [:]
    private var oldestPlace: UInt64 = 0
    private var nextPlace: UInt64 = 0
    private var lastTurn: UInt64 = 0
    private var lastReader: UInt64 = 0
    /// What the kept answers take up, in bytes.
    private(set) var keptBytes = 0

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    var keptCount: Int { kept.count }

    /// A request comes; `request` is the digest of its route and body, and `now` Unix milliseconds.
    mutating func begin(_ key: Key, request: Digest, at now: Int64) -> OnBegin {
        if let current = running[key] {
            guard current.request == request else { return .conflict }
            lastReader += 1
            running[key]?.readers.insert(lastReader)
            return .wait(Reader(key: key, number: lastReader))
        }
        if let past = kept[key] {
            if now - past.at < IdempotencyKey.life {
                return past.request == request ? .kept(past.answer) : .conflict
            }
            forget(key)
        }
        lastTurn += 1
        let turn = Turn(key: key, number: lastTurn)
        running[key] = Running(turn: turn, request: request)
        return .first(turn)
    }

    /// The request of a key has ended; repeating it does nothing, also while another one of the key is made.
    ///
    /// - Returns: Those who waited, and what to tell them.
    mutating func ended(_ turn: Turn, _ ending: Ending, at now: Int64) -> (readers: [Reader], ending: Ending) {
        let key = turn.key
        guard let current = running[key], current.turn == turn else { return ([], ending) }
        running[key] = nil
        if case .answered(let answer) = ending { keep(answer, of: key, request: current.request, at: now) }
        let readers = current.readers.map { Reader(key: key, number: $0) }
        // Whoever came when the job had been told that nobody wants it asks for a new one.
        if current.isAbandoned, case .failed = ending { return (readers, .withdrawn) }
        return (readers, ending)
    }

    /// The caller that made the request has hung up.
    ///
    /// - Returns: The turn, if nobody is left, so that its job must be told.
    mutating func firstLeft(_ turn: Turn) -> Turn? {
        guard running[turn.key]?.turn == turn else { return nil }
        running[turn.key]?.firstIsThere = false
        return nowAbandoned(turn.key)
    }

    /// Somebody who waited has hung up.
    ///
    /// - Returns: The turn that it waited for, if nobody is left, so that its job must be told.
    mutating func left(_ reader: Reader) -> Turn? {
        guard running[reader.key]?.readers.remove(reader.number) != nil else { return nil }
        return nowAbandoned(reader.key)
    }

    private mutating func nowAbandoned(_ key: Key) -> Turn? {
        guard let current = running[key], !current.isAbandoned, !current.firstIsThere, current.readers.isEmpty else {
            return nil
        }
        running[key]?.isAbandoned = true
        return current.turn
    }

    private mutating func keep(_ answer: KeptAnswer, of key: Key, request: Digest, at now: Int64) {
        guard answer.size <= limits.bytes / 8 else { return }
        kept[key] = Kept(request: request, answer: answer, place: nextPlace, at: now)
        places[nextPlace] = key
        nextPlace += 1
        keptBytes += answer.size
        while let oldest = oldest,
            kept.count > limits.answers || keptBytes > limits.bytes
                || now - (kept[oldest]?.at ?? now) >= IdempotencyKey.life
        { forget(oldest) }
    }

    /// The key whose answer was given first.
    private var oldest: Key? {
        mutating get {
            while oldestPlace < nextPlace {
                if let key = places[oldestPlace] { return key }
                oldestPlace += 1
            }
            return nil
        }
    }

    private mutating func forget(_ key: Key) {
        guard let past = kept.removeValue(forKey: key) else { return }
        places[past.place] = nil
        keptBytes -= past.answer.size
    }
}
