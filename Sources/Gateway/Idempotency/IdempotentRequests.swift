import GatewayStore
import InferenceAPI
import Operations
import Signing
import Synchronization

/// Answers requests with an `Idempotency-Key` once, however often they are sent.
///
/// What to do is ``IdempotencyBook``'s to decide. The ledger knows which job a key belongs to for 24 hours, also after a
/// restart; plain answers are kept in memory as long as there is room.
final class IdempotentRequests: Sendable {
    private struct State {
        var book = IdempotencyBook()
        var waiters: [IdempotencyBook.Reader: EndingWaiter] = [:]
        /// Tells the job of a turn that nobody wants its answer any more.
        var abandon: [IdempotencyBook.Turn: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())
    private let settlement: any Settlement
    private let clock: WallClock

    init(settlement: any Settlement, clock: WallClock) {
        self.settlement = settlement
        self.clock = clock
    }

    /// Answers a request, by `make` if it is the first of its key.
    ///
    /// - Parameters:
    ///   - key: The request's; ``Settlement/lock(_:)`` is to be called with it.
    ///   - wallet: Whose key it is.
    ///   - hangUp: Of the caller's connection.
    ///   - make: Makes the job and its answer, telling the turn how far it is.
    /// - Returns: The answer, new or as it was given before.
    /// - Throws: 409 `idempotency_conflict` for another request under the same key; 409 `idempotency_replay` for one
    ///   whose answer is a stream, or is not in memory any more; what `make` throws, also to those who wait for it.
    func respond(
        _ key: IdempotencyKey,
        of wallet: Address,
        hangUp: HangUpSignal,
        make: (Turn) async throws -> KeptAnswer.Given
    ) async throws -> KeptAnswer.Given {
        let bookKey = IdempotencyBook.Key(wallet: wallet, sha256: key.sha256)
        while true {
            let (next, waiter) = begin(bookKey, key)
            switch next {
            case .conflict: throw APIError.idempotencyConflict()
            case .kept(let answer): return .plain(answer.replayed)
            case .first(let booked): return try await take(Turn(requests: self, booked: booked), key, make)
            case .wait(let reader):
                let ending = await hangUp.notifying {
                    self.left(reader)
                } during: {
                    await waiter?.wait()
                }
                switch ending {
                case .answered(let answer): return .plain(answer.replayed)
                case .failed(let error): throw error
                case .streaming(let jobID): throw APIError.idempotencyReplay(jobID: jobID.description)
                case .withdrawn: continue
                // Nobody reads this.
                case nil: throw APIError.workerFailed()
                }
            }
        }
    }

    private func begin(
        _ bookKey: IdempotencyBook.Key,
        _ key: IdempotencyKey
    ) -> (IdempotencyBook.OnBegin, EndingWaiter?) {
        let now = clock.nowMilliseconds
        return state.withLock { state in
            let next = state.book.begin(bookKey, request: key.requestSHA256, at: now)
            guard case .wait(let reader) = next else { return (next, nil) }
            let waiter = EndingWaiter()
            state.waiters[reader] = waiter
            return (next, waiter)
        }
    }

    private func take(
        _ turn: Turn,
        _ key: IdempotencyKey,
        _ make: (Turn) async throws -> KeptAnswer.Given
    ) async throws -> KeptAnswer.Given {
        do {
            if let known = try await job(of: turn.booked.key) {
                guard known.requestSHA256 == key.requestSHA256 else { throw APIError.idempotencyConflict() }
                throw APIError.idempotencyReplay(jobID: known.jobID.description)
            }
            let given = try await make(turn)
            if case .plain(let answer) = given { ended(turn.booked, .answered(answer)) }
            return given
        } catch {
            // Without a job each of those who wait learns for itself what is wrong.
            let ending = (error as? APIError).flatMap { hasJob(turn.booked) ? IdempotencyBook.Ending.failed($0) : nil }
            ended(turn.booked, ending ?? .withdrawn)
            throw error
        }
    }

    /// The job of the past that a key belongs to.
    private func job(of key: IdempotencyBook.Key) async throws(APIError) -> KeyedJob? {
        do throws(LedgerError) {
            return try await settlement.job(withKey: key.sha256, of: key.wallet, at: clock.nowMilliseconds)
        } catch {
            // Without the books nobody knows whether it was charged before.
            throw .shuttingDown(retryAfter: RetryEstimate.storeUnavailable)
        }
    }

    /// The making of a request, once for each key at a time.
    struct Turn: Sendable {
        fileprivate let requests: IdempotentRequests
        fileprivate let booked: IdempotencyBook.Turn

        /// A job was made whose answer is a stream: it is its caller's alone.
        func streams(_ jobID: JobID) {
            requests.ended(booked, .streaming(jobID))
        }

        /// A job was made whose answer may be many callers'; `abandon` is called once if all of them leave.
        func began(abandon: @escaping @Sendable () -> Void) {
            requests.state.withLock { $0.abandon[booked] = abandon }
        }

        /// The caller that made the request has hung up.
        func callerLeft() {
            requests.firstLeft(booked)
        }
    }

    private func hasJob(_ turn: IdempotencyBook.Turn) -> Bool { state.withLock { $0.abandon[turn] != nil } }

    private func ended(_ turn: IdempotencyBook.Turn, _ ending: IdempotencyBook.Ending) {
        let now = clock.nowMilliseconds
        let (waiters, outcome) = state.withLock { state in
            state.abandon[turn] = nil
            let (readers, outcome) = state.book.ended(turn, ending, at: now)
            return (readers.compactMap { state.waiters.removeValue(forKey: $0) }, outcome)
        }
        for waiter in waiters { waiter.finish(outcome) }
    }

    private func firstLeft(_ turn: IdempotencyBook.Turn) {
        let abandon = state.withLock { state in
            state.book.firstLeft(turn).flatMap { state.abandon[$0] }
        }
        abandon?()
    }

    private func left(_ reader: IdempotencyBook.Reader) {
        let (waiter, abandon) = state.withLock { state in
            let abandon = state.book.left(reader).flatMap { state.abandon[$0] }
            return (state.waiters.removeValue(forKey: reader), abandon)
        }
        waiter?.finish(nil)
        abandon?()
    }
}
