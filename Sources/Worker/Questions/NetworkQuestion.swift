import Signing
import Synchronization

/// A question that this worker asks a network and whose answer comes as a message: one at a time, and with an end.
///
/// An answer with another number, or to nobody's question, is dropped: a network cannot fill memory with it.
final class NetworkQuestion<Answer: Sendable>: Sendable {
    private struct Pending {
        var request: UInt64
        var answer: AsyncStream<Result<Answer, QuestionFailure>>.Continuation
    }

    private let pending = Mutex<Pending?>(nil)

    init() {}

    /// Whether an answer is awaited.
    var isOpen: Bool { pending.withLock { $0 != nil } }

    /// Asks, and waits for the answer.
    ///
    /// - Parameters:
    ///   - timeout: Longest wait.
    ///   - send: Sends the question with this number; false if no session stands.
    /// - Returns: The answer to this very question.
    /// - Throws: ``QuestionFailure``.
    func ask(timeout: Duration, send: (UInt64) -> Bool) async throws -> Answer {
        let (answers, continuation) = AsyncStream<Result<Answer, QuestionFailure>>.makeStream()
        let request = RandomBytes.make(count: 8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let isFirst = pending.withLock { pending in
            guard pending == nil else { return false }
            pending = Pending(request: request, answer: continuation)
            return true
        }
        guard isFirst else { throw QuestionFailure.busy }
        defer { pending.withLock { $0 = nil } }
        guard send(request) else { throw QuestionFailure.notConnected }
        let limit = Task {
            guard (try? await Task.sleep(for: timeout)) != nil else { return }
            continuation.yield(.failure(.timeout(timeout)))
        }
        defer { limit.cancel() }
        for await answer in answers { return try answer.get() }
        // The asker was cancelled.
        throw CancellationError()
    }

    /// The network has answered.
    func answered(_ request: UInt64, _ answer: Answer) {
        pending.withLock { pending in
            guard let pending, pending.request == request else { return }
            pending.answer.yield(.success(answer))
            pending.answer.finish()
        }
    }

    /// The session that the question went out on is over.
    func sessionEnded() {
        pending.withLock { pending in
            pending?.answer.yield(.failure(.sessionLost))
            pending?.answer.finish()
        }
    }
}

/// Why a question to a network has no answer.
enum QuestionFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The same question is open already: wait for it.
    case busy
    /// No session stands: `why` tells the reason.
    case notConnected
    /// The session ended before the answer came: ask again.
    case sessionLost
    /// The network does not answer this question; it may be of an older version.
    case timeout(Duration)

    var description: String {
        switch self {
        case .busy: "the network has been asked already, and its answer is awaited"
        case .notConnected: "the network is not connected"
        case .sessionLost: "the session ended before the network answered"
        case .timeout(let limit): "the network did not answer within \(limit.components.seconds) s"
        }
    }
}
