import Logging
import SQLiteStore

/// A write that must not be given up: a signed receipt, a verdict, a payout.
///
/// While the disk is full or fails, what was to be written stays in memory, and no new jobs are taken (``FaultWatch``), so
/// that what waits is bounded by the jobs there were.
enum PatientWrite {
    static let shortestWait: Duration = .milliseconds(100)
    static let longestWait: Duration = .seconds(2)

    /// Writes, again and again until it is durable.
    ///
    /// - Parameters:
    ///   - write: The write, all of it; it may be made any number of times.
    ///   - isWanted: Asked after each failure; false gives up.
    ///   - logger: Hears of the first failure.
    /// - Returns: What the write returned, durable.
    /// - Throws: The last ``StoreError`` if it is not wanted any more or trying again cannot help, or
    ///   `CancellationError`.
    static func perform<Value: Sendable>(
        _ write: () async throws(StoreError) -> Value,
        while isWanted: () -> Bool = { true },
        logger: Logger
    ) async throws -> Value {
        var wait = shortestWait
        while true {
            do throws(StoreError) {
                return try await write()
            } catch {
                guard error.mayPass, isWanted() else { throw error }
                let level: Logger.Level = wait == shortestWait ? .warning : .debug
                logger.log(level: level, "a write waits for the database", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: wait)
            wait = min(wait * 2, longestWait)
        }
    }
}
