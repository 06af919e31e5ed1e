import GRDB
package import SQLiteStore
package import Signing
import Synchronization
import Webhooks

/// The webhooks of a gateway and the queue of their messages, on disk.
///
/// Messages are stored by ``WebhookRows`` in the transaction of what they tell of. ``arrivals`` says that there are new
/// ones, and the files beside this one have what the sender needs.
package final class WebhookStore: Sendable {
    private struct State {
        /// Wallets that have, or had since the start, a webhook; others are not looked for on disk.
        var wallets: Set<Address>
        /// The transaction that runs, or ran last, has stored messages.
        var hasNewMessages = false
    }

    /// An element when there may be something to send, for one listener; several may be one.
    package let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation
    private let state: Mutex<State>
    private let render: WebhookMessage.Renderer
    private let pool: DatabasePool
    private let group: GroupCommit

    init(pool: DatabasePool, group: GroupCommit, render: @escaping WebhookMessage.Renderer) async throws {
        (arrivals, arrived) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.pool = pool
        self.group = group
        self.render = render
        let wallets = try await pool.read { database in
            try database.rows("SELECT DISTINCT wallet FROM webhooks").map { try Address(stored: $0["wallet"]) }
        }
        state = Mutex(State(wallets: Set(wallets)))
    }

    // MARK: - Messages

    /// What turns events into messages, inside a transaction.
    func rows(in database: Database) -> WebhookRows {
        WebhookRows(
            database,
            wallets: state.withLock { $0.wallets },
            render: render,
            onMessage: { [self] in state.withLock { $0.hasNewMessages = true } }
        )
    }

    /// A transaction is durable: whoever sends messages is told if it stored some.
    func committed() {
        let isNew = state.withLock { state in
            defer { state.hasNewMessages = false }
            return state.hasNewMessages
        }
        if isNew { arrived.yield() }
    }

    // MARK: - Webhooks

    /// What became of the wish for a webhook.
    package enum OnCreate: Sendable {
        case made(Webhook)
        /// The wallet has no account.
        case noAccount
        /// The wallet has as many as it may have.
        case tooMany
    }

    /// Makes a webhook, durably, unless its wallet has `limit` of them.
    package func create(_ new: NewWebhook, limit: Int) async throws(StoreError) -> OnCreate {
        let id = "wh_" + RandomText.make(20)
        return try await commit { [self] database in
            let wallet = new.wallet.description
            guard try database.row("SELECT 1 FROM accounts WHERE wallet = ?", [wallet]) != nil else {
                return .noAccount
            }
            let count: Int =
                try database.row("SELECT count(*) AS n FROM webhooks WHERE wallet = ?", [wallet])?["n"] ?? 0
            guard count < limit else { return .tooMany }
            try database.run(
                """
                INSERT INTO webhooks (webhook_id, wallet, url, host, events, secret, credit_low_threshold, status,
                    created_at_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, 'active', ?)
                """,
                [
                    id, wallet, new.url.text, new.url.host, new.events.column, new.secret.text,
                    new.creditLowThreshold, new.createdAt,
                ]
            )
            // Before the commit, on the one queue of writes: the next event finds the wallet.
            state.withLock { _ = $0.wallets.insert(new.wallet) }
            return .made(try Self.find(id, of: wallet, in: database))
        }
    }

    /// The webhooks of a wallet, or of all, the oldest first.
    package func list(wallet: Address? = nil) async throws(StoreError) -> [Webhook] {
        try await read { database in
            try database.rows(
                "SELECT * FROM webhooks WHERE ?1 IS NULL OR wallet = ?1 ORDER BY created_at_ms, webhook_id",
                [wallet?.description]
            ).map(Webhook.init(row:))
        }
    }

    /// One webhook; nil if there is none, or if it is another wallet's.
    package func find(_ webhookID: String, of wallet: Address) async throws(StoreError) -> Webhook? {
        try await read { try Self.row(webhookID, of: wallet.description, in: $0).map(Webhook.init(row:)) }
    }

    /// Changes a webhook, durably.
    ///
    /// One that becomes active again sends at once what has waited, and begins without failures.
    ///
    /// - Returns: What it is now; nil if there is none, or if it is another wallet's.
    package func update(
        _ webhookID: String,
        of wallet: Address,
        _ change: WebhookChange,
        at milliseconds: Int64
    ) async throws(StoreError) -> Webhook? {
        let updated: Webhook? = try await commit { database in
            let wallet = wallet.description
            guard let row = try Self.row(webhookID, of: wallet, in: database) else { return nil }
            try database.run(
                """
                UPDATE webhooks SET url = coalesce(?, url), host = coalesce(?, host), events = coalesce(?, events),
                    credit_low_threshold = coalesce(?, credit_low_threshold)
                WHERE webhook_id = ?
                """,
                [change.url?.text, change.url?.host, change.events?.column, change.creditLowThreshold, webhookID]
            )
            let status: String = row["status"]
            switch change.status {
            case .active where status != "active": try Self.enable(webhookID, at: milliseconds, in: database)
            case .disabled where status != "disabled": try Self.disable(webhookID, because: nil, in: database)
            case .active, .disabled, nil: break
            }
            return try Self.find(webhookID, of: wallet, in: database)
        }
        if change.status == .active { arrived.yield() }
        return updated
    }

    /// Removes a webhook with all its messages, durably.
    ///
    /// - Returns: False if there is none, or if it is another wallet's.
    package func delete(_ webhookID: String, of wallet: Address) async throws(StoreError) -> Bool {
        try await commit { database in
            try database.run(
                "DELETE FROM webhooks WHERE webhook_id = ? AND wallet = ?",
                [webhookID, wallet.description]
            )
            return database.changesCount == 1
        }
    }

    // MARK: - What others share

    /// Adds an element to ``arrivals``: there may be something to send.
    package func wakeSender() { arrived.yield() }

    func commit<Value: Sendable>(
        _ write: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await group.commit(write)
        } catch {
            throw StoreError(error, path: pool.path)
        }
    }

    func read<Value: Sendable>(
        _ query: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await pool.read(query)
        } catch {
            throw StoreError(error, path: pool.path)
        }
    }

    static func row(_ webhookID: String, of wallet: String, in database: Database) throws -> Row? {
        try database.row("SELECT * FROM webhooks WHERE webhook_id = ? AND wallet = ?", [webhookID, wallet])
    }

    /// Stops what is pending until the webhook is active again; `reason` is nil if its owner asked for it.
    static func disable(_ webhookID: String, because reason: String?, in database: Database) throws {
        try database.run(
            "UPDATE webhooks SET status = 'disabled', disabled_reason = ? WHERE webhook_id = ?",
            [reason, webhookID]
        )
        try database.run(
            "UPDATE webhook_deliveries SET due_at_ms = NULL WHERE webhook_id = ? AND status = 'pending'",
            [webhookID]
        )
    }

    private static func enable(_ webhookID: String, at milliseconds: Int64, in database: Database) throws {
        try database.run(
            """
            UPDATE webhooks SET status = 'active', disabled_reason = NULL, failing_since_ms = NULL WHERE webhook_id = ?
            """,
            [webhookID]
        )
        try database.run(
            "UPDATE webhook_deliveries SET due_at_ms = ? WHERE webhook_id = ? AND status = 'pending'",
            [milliseconds, webhookID]
        )
    }

    private static func find(_ webhookID: String, of wallet: String, in database: Database) throws -> Webhook {
        guard let row = try row(webhookID, of: wallet, in: database) else {
            throw StoreError(.failed, "a webhook that was just written is not there")
        }
        return try Webhook(row: row)
    }
}
