import GRDB
package import Logging
package import SQLiteStore
package import Signing

/// What a gateway keeps: accounts and keys, jobs, the ledger, receipts, payouts and workers.
///
/// Everything that a request needs is in memory: keys in ``keys``, balances and locks in ``ledger``. ``history`` reads
/// the disk for people and for lists, and never waits for the writer.
package final class GatewayStore: Sendable {
    package let ledger: CreditLedger
    package let keys: KeyDirectory
    package let webhooks: WebhookStore
    package let history: GatewayHistory
    let pool: DatabasePool
    let group: GroupCommit

    /// Opens the database of this gateway, after making or migrating it.
    ///
    /// Jobs that were open when the last process ended are refunded, durably, with the error `gateway_restarted`.
    ///
    /// - Parameters:
    ///   - path: The database's file; its directory exists, and the caller holds its lock.
    ///   - identity: The gateway's; signs the ledger.
    ///   - milliseconds: The time of the start, Unix milliseconds.
    ///   - logger: Hears of commits that fail.
    ///   - webhookBody: Puts what webhooks are told into words.
    ///   - pause: Waits before a commit of the ledger that failed is tried again.
    /// - Throws: ``StoreError``, as ``StoreFile/open(path:schema:)``.
    package init(
        path: String,
        identity: Identity,
        startedAt milliseconds: Int64,
        logger: Logger,
        webhookBody: @escaping WebhookMessage.Renderer,
        pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) async throws(StoreError) {
        pool = try StoreFile.open(path: path, schema: .gateway)
        group = GroupCommit(pool, logger: logger)
        history = GatewayHistory(pool)
        do {
            keys = try await KeyDirectory(pool: pool, group: group)
            // Before the ledger, which at its start refunds what was open: webhooks are told of that too.
            webhooks = try await WebhookStore(pool: pool, group: group, render: webhookBody)
            ledger = try await CreditLedger(
                pool: pool,
                group: group,
                webhooks: webhooks,
                identity: identity,
                startedAt: milliseconds,
                logger: logger,
                pause: pause
            )
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Finishes what was decided and closes the database.
    package func shutDown() async {
        await ledger.shutDown()
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
