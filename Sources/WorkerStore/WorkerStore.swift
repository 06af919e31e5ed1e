import GRDB
package import Logging
package import SQLiteStore

/// What a worker keeps: its jobs, its receipts with their offers and statements, and its payouts.
///
/// The daemon opens one and writes to it; everything that reads goes through ``history``. A write that returns at once
/// joins the next group commit and is allowed to be lost in a crash, because the network or the next start brings it
/// back; a write that is awaited is durable when it returns.
package final class WorkerStore: Sendable {
    let pool: DatabasePool
    private let logger: Logger
    let group: GroupCommit
    let health: StoreHealth
    /// Reads that never wait for the writer.
    package let history: WorkerHistory

    /// Opens the database of this worker, after making or migrating it.
    ///
    /// Jobs that were running when the last process ended cannot be finished: they become `failed`, with the error
    /// code `worker_restarted`.
    ///
    /// - Parameters:
    ///   - path: The database's file; its directory exists, and the caller holds its lock.
    ///   - milliseconds: The time of the start, Unix milliseconds.
    ///   - logger: Hears of writes that nobody awaits and that fail.
    /// - Throws: ``StoreError``, as ``StoreFile/open(path:schema:)``.
    package init(path: String, startedAt milliseconds: Int64, logger: Logger) throws(StoreError) {
        self.logger = logger
        pool = try StoreFile.open(path: path, schema: .worker)
        let health = StoreHealth()
        self.health = health
        group = GroupCommit(pool, logger: logger) { health.commitFailed($0) }
        history = WorkerHistory(pool)
        do {
            let lost = try pool.write { database in
                try database.run(
                    """
                    UPDATE jobs SET status = 'failed', error_code = 'worker_restarted',
                        error_message = 'the worker stopped while the job ran', finished_at_ms = ?
                    WHERE status = 'running'
                    """,
                    [milliseconds]
                )
                return database.changesCount
            }
            if lost > 0 {
                logger.warning("jobs were running when the worker stopped", metadata: ["jobs": "\(lost)"])
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Calls `tell` from now on whenever a commit has failed; ``tryToWrite()`` then says whether it still does.
    package func onFailure(_ tell: @escaping @Sendable () -> Void) {
        health.onFailure(tell)
    }

    /// Tries to write again, if the last commit failed, and makes up for what it can.
    ///
    /// - Returns: Why it fails still; nil if all is well.
    package func tryToWrite() async -> StoreError? {
        guard health.failure != nil else { return nil }
        do throws(StoreError) {
            // The smallest write that goes to the disk: the first page, as it is.
            try await commit { try $0.execute(sql: "PRAGMA user_version = \(StoreSchema.worker.version)") }
        } catch {
            return error
        }
        for write in health.recovered() { enqueueKept(write) }
        return nil
    }

    /// Adds a write that nobody awaits and that is made up for when the database could not take it.
    func enqueueKept(_ write: @escaping StoreHealth.Write) {
        group.enqueue(write) { [health, logger, pool] outcome in
            guard case .failure(let error) = outcome else { return }
            let failure = StoreError(error, path: pool.path)
            if failure.mayPass {
                health.keep(write)
            } else {
                logger.error("a job's end could not be stored", metadata: ["error": "\(failure)"])
            }
        }
    }

    /// Finishes what was enqueued and closes the database.
    package func shutDown() async {
        await group.shutDown()
        StoreFile.close(pool)
    }

    /// Awaits a write, and sorts its error.
    func commit<Value: Sendable>(
        _ write: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await group.commit(write)
        } catch {
            throw StoreError(error, path: pool.path)
        }
    }
}
