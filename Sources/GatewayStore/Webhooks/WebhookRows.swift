import GRDB
import InferenceAPI
import SQLiteStore
import Signing
import Webhooks

/// Turns what happens into messages for webhooks, inside the transaction that stores what happened.
///
/// A wallet that never had a webhook costs one look into a set.
struct WebhookRows {
    /// Most messages that are kept of one webhook, sent or not; the oldest go.
    static let keptOfOneWebhook = 10_000

    private let database: Database
    /// Wallets that have, or had, a webhook.
    private let wallets: Set<Address>
    private let render: WebhookMessage.Renderer
    /// Called when there is something to send.
    private let onMessage: () -> Void

    init(
        _ database: Database,
        wallets: Set<Address>,
        render: @escaping WebhookMessage.Renderer,
        onMessage: @escaping () -> Void
    ) {
        self.database = database
        self.wallets = wallets
        self.render = render
        self.onMessage = onMessage
    }

    /// Tells of a job, as its row is now.
    func job(_ jobID: JobID, of wallet: Address, _ event: WebhookEvent, at milliseconds: Int64) throws {
        guard wallets.contains(wallet) else { return }
        let hooks = try hooks(of: wallet, for: event)
        guard !hooks.isEmpty, let row = try jobRow(jobID) else { return }
        try add(.init(event: event, at: milliseconds, subject: .job(try JobRecord(row: row))), to: hooks)
    }

    /// Tells that the receipt for a job was refused.
    func receiptRefused(_ jobID: JobID, at milliseconds: Int64) throws {
        guard !wallets.isEmpty, let row = try jobRow(jobID) else { return }
        try job(jobID, of: try Address(stored: row["wallet"]), .jobDisputed, at: milliseconds)
    }

    /// Tells that credits came, be they paid for or given.
    func creditsDeposited(to wallet: Address, at milliseconds: Int64) throws {
        guard wallets.contains(wallet) else { return }
        try account(wallet, .creditDeposited, to: try hooks(of: wallet, for: .creditDeposited), at: milliseconds)
    }

    /// Tells webhooks whose threshold a charge crosses.
    ///
    /// What is locked counts as there: most of a lock comes back, so that only a charge takes credits for good, and
    /// each threshold is crossed once on the way down.
    func charged(
        _ credits: Int,
        to wallet: Address,
        leaving balance: CreditBalance,
        at milliseconds: Int64
    ) throws {
        guard wallets.contains(wallet), credits > 0 else { return }
        let left = balance.available + balance.locked
        let hooks = try hooks(of: wallet, for: .creditLow).filter { row in
            let threshold: Int = row["credit_low_threshold"]
            return left < threshold && left + credits >= threshold
        }
        try account(wallet, .creditLow, to: hooks, at: milliseconds)
    }

    /// Adds a test message to one webhook, whatever it is subscribed to.
    ///
    /// - Returns: Its id; nil if there is no such active webhook.
    func test(_ webhookID: String, at milliseconds: Int64) throws -> String? {
        let hook = try database.row(
            "SELECT * FROM webhooks WHERE webhook_id = ? AND status = 'active'",
            [webhookID]
        )
        guard let hook else { return nil }
        return try account(try Address(stored: hook["wallet"]), .test, to: [hook], at: milliseconds).first
    }

    private func jobRow(_ jobID: JobID) throws -> Row? {
        try database.row("SELECT * FROM jobs WHERE job_id = ?", [jobID.description])
    }

    /// The active webhooks of a wallet that want an event.
    private func hooks(of wallet: Address, for event: WebhookEvent) throws -> [Row] {
        try database.rows(
            """
            SELECT * FROM webhooks
            WHERE wallet = ? AND status = 'active' AND ',' || events || ',' LIKE '%,' || ? || ',%'
            """,
            [wallet.description, event.rawValue]
        )
    }

    @discardableResult
    private func account(
        _ wallet: Address,
        _ event: WebhookEvent,
        to hooks: [Row],
        at milliseconds: Int64
    ) throws -> [String] {
        guard !hooks.isEmpty,
            let row = try database.row("SELECT * FROM accounts WHERE wallet = ?", [wallet.description])
        else { return [] }
        return try add(.init(event: event, at: milliseconds, subject: .account(AccountRecord(row: row))), to: hooks)
    }

    /// Adds a message for each of some webhooks.
    ///
    /// - Returns: Their ids.
    @discardableResult
    private func add(_ message: WebhookMessage, to hooks: [Row]) throws -> [String] {
        let body = String(decoding: render(message), as: UTF8.self)
        onMessage()
        return try hooks.map { hook in
            let webhookID: String = hook["webhook_id"]
            let number: Int = hook["last_number"] + 1
            let messageID = "msg_" + RandomText.make(20)
            try database.run("UPDATE webhooks SET last_number = ? WHERE webhook_id = ?", [number, webhookID])
            try database.run(
                """
                INSERT INTO webhook_deliveries (message_id, webhook_id, number, type, body, status, created_at_ms,
                    due_at_ms)
                VALUES (?1, ?2, ?3, ?4, ?5, 'pending', ?6, ?6)
                """,
                [messageID, webhookID, number, message.event.rawValue, body, message.at]
            )
            try database.run(
                "DELETE FROM webhook_deliveries WHERE webhook_id = ? AND number <= ?",
                [webhookID, number - Self.keptOfOneWebhook]
            )
            return messageID
        }
    }
}
