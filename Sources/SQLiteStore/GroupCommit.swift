package import GRDB
package import Logging
import Synchronization

/// The one writer of a database: what is enqueued while a commit runs goes into the next, with one sync for all.
///
/// A sync takes milliseconds and a row microseconds, so a daemon's throughput is that of its largest group. Order is
/// kept: writes run, and become durable, in the order of `enqueue`. Each has a savepoint of its own, so that one that
/// fails is undone alone. When the transaction itself fails (no space, the disk), all of it is undone and each
/// write's completion hears so; nothing is tried again here, because only the owner knows whether it may be.
package final class GroupCommit: Sendable {
    private struct Write: Sendable {
        let body: @Sendable (Database) throws -> Void
        let completion: (@Sendable (Result<Void, any Error>) -> Void)?
    }

    private struct State {
        var waiting: [Write] = []
        /// A round is on the writer's queue, or in it.
        var isScheduled = false
        /// Nothing more is taken.
        var isClosed = false
    }

    /// Most writes of one transaction, which bounds what the first of them waits for.
    package static let groupLimit = 4_096

    private let writer: any DatabaseWriter
    private let logger: Logger
    private let onFailure: @Sendable (StoreError) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - writer: Of the database; nobody else writes to it.
    ///   - logger: Hears of writes that nobody waits for and that fail.
    ///   - onFailure: Called on the writer's queue when a whole commit failed, before the completions of its writes.
    package init(
        _ writer: any DatabaseWriter,
        logger: Logger,
        onFailure: @escaping @Sendable (StoreError) -> Void = { _ in }
    ) {
        self.writer = writer
        self.logger = logger
        self.onFailure = onFailure
    }

    /// How many writes have not begun: what an owner looks at to refuse work before memory is the bound.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Adds a write to the next commit and returns at once.
    ///
    /// - Parameters:
    ///   - write: Runs once, on the writer's queue, inside a transaction.
    ///   - completion: Called on the writer's queue once the write is durable, or with what it or the commit threw
    ///     (the latter a ``StoreError``). Without one, a failure is logged.
    package func enqueue(
        _ write: @escaping @Sendable (Database) throws -> Void,
        completion: (@Sendable (Result<Void, any Error>) -> Void)? = nil
    ) {
        add(Write(body: write, completion: completion))
    }

    /// Adds a write to the next commit and returns its value once it is durable.
    ///
    /// Not cancellable: a write that is enqueued will be made.
    ///
    /// - Throws: What `write` threw, or the ``StoreError`` of the commit; then nothing of it was stored.
    package func commit<Value: Sendable>(
        _ write: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let result = WriteResult<Value>()
        return try await withCheckedThrowingContinuation { continuation in
            enqueue(
                { database in result.store(try write(database)) },
                completion: { outcome in
                    continuation.resume(with: outcome.map { result.take() })
                }
            )
        }
    }

    /// Returns once everything enqueued before is durable or has failed.
    package func flush() async throws {
        try await commit { _ in }
    }

    /// Takes nothing more, and returns once all that waits is durable or has failed.
    package func shutDown() async {
        await withCheckedContinuation { continuation in
            // The last write taken: everything before it has ended when its completion runs.
            add(Write(body: { _ in }, completion: { _ in continuation.resume() }), isLast: true)
        }
    }

    private func add(_ write: Write, isLast: Bool = false) {
        let (isRefused, mustSchedule) = state.withLock { state in
            guard !state.isClosed else { return (true, false) }
            state.isClosed = isLast
            state.waiting.append(write)
            defer { state.isScheduled = true }
            return (false, !state.isScheduled)
        }
        if isRefused {
            report(.failure(StoreError(.closed, "\(writer.path): the store is closed")), to: write.completion)
        } else if mustSchedule {
            schedule()
        }
    }

    private func schedule() {
        writer.asyncWriteWithoutTransaction { [self] database in runRound(database) }
    }

    /// Makes one transaction.
    ///
    /// The queue is given back after each, so that a checkpoint or a shutdown gets its turn.
    private func runRound(_ database: Database) {
        let group = state.withLock { state in
            let group = Array(state.waiting.prefix(Self.groupLimit))
            state.waiting.removeFirst(group.count)
            return group
        }
        let outcomes = perform(group, in: database)
        for (write, outcome) in zip(group, outcomes) {
            report(outcome, to: write.completion)
        }
        let mustContinue = state.withLock { state in
            state.isScheduled = !state.waiting.isEmpty
            return state.isScheduled
        }
        if mustContinue { schedule() }
    }

    private func perform(_ group: [Write], in database: Database) -> [Result<Void, any Error>] {
        do {
            var outcomes: [Result<Void, any Error>] = []
            outcomes.reserveCapacity(group.count)
            try database.inTransaction(.immediate) {
                for write in group {
                    outcomes.append(try attempt(write, in: database))
                }
                return .commit
            }
            return outcomes
        } catch {
            let failure = StoreError(error, path: writer.path)
            onFailure(failure)
            return Array(repeating: .failure(failure), count: group.count)
        }
    }

    /// Runs one write in its savepoint.
    ///
    /// - Throws: An error of the machine rather than of the write, which ends the transaction for all.
    private func attempt(_ write: Write, in database: Database) throws -> Result<Void, any Error> {
        try database.run("SAVEPOINT write")
        do {
            try write.body(database)
            try database.run("RELEASE write")
            return .success(())
        } catch {
            // "If certain kinds of errors occur within a transaction, the transaction may or may not be rolled back
            // automatically" (https://www.sqlite.org/lang_transaction.html). Then the writes before are gone too.
            guard database.isInsideTransaction, !StoreError.isOfMachine(error) else { throw error }
            try database.run("ROLLBACK TO write")
            try database.run("RELEASE write")
            return .failure(error)
        }
    }

    private func report(
        _ outcome: Result<Void, any Error>,
        to completion: (@Sendable (Result<Void, any Error>) -> Void)?
    ) {
        if let completion {
            completion(outcome)
        } else if case .failure(let error) = outcome {
            logger.error(
                "a write that nobody waits for failed",
                metadata: ["error": "\(StoreError(error, path: writer.path))"]
            )
        }
    }
}

/// Carries a write's value from the writer's queue to the one who awaits it.
private final class WriteResult<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func store(_ new: Value) {
        value.withLock { $0 = new }
    }

    func take() -> Value {
        guard let value = value.withLock({ $0 }) else {
            preconditionFailure("a write was reported durable before it ran")
        }
        return value
    }
}

extension StoreError {
    /// Whether an error of a statement says that the machine failed, not the statement.
    fileprivate static func isOfMachine(_ error: any Error) -> Bool {
        guard let error = error as? DatabaseError else { return false }
        switch error.resultCode.primaryResultCode {
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_READONLY,
            .SQLITE_CANTOPEN, .SQLITE_INTERRUPT:
            return true
        default:
            return false
        }
    }
}
