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
    let group: GroupCommit
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
        pool = try StoreFile.open(path: path, schema: .worker)
        group = GroupCommit(pool, logger: logger)
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
