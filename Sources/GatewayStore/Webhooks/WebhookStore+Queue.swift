import Foundation
import GRDB
package import SQLiteStore
package import Webhooks

// What the sender needs: what is due, and a place for what became of it.

extension WebhookStore {
    /// What is not to be taken from the queue now, because enough of it is on its way.
    package struct Exclusion: Sendable, Equatable {
        package var messageIDs: Set<String> = []
        package var webhookIDs: Set<String> = []
        package var wallets: Set<String> = []
        package var hosts: Set<String> = []

        package init() {}
    }

    /// Messages that are due, in turns: the wallet with the fewest on their way goes first, and of one wallet, as of
    /// wallets with equally many, the message that has waited longest.
    ///
    /// So a wallet with a backlog waits for itself alone, however old its messages are.
    ///
    /// - Parameters:
    ///   - milliseconds: The time, Unix milliseconds.
    ///   - exclusion: What is left where it is.
    ///   - onTheirWay: How many messages of each wallet are being sent, by the wallet in Base58.
    ///   - limit: How many messages to return at most.
    /// - Returns: The messages, none of them excluded.
    /// - Throws: `StoreError` if the database cannot be read.
    package func due(
        at milliseconds: Int64,
        except exclusion: Exclusion,
        onTheirWay: [String: Int] = [:],
        limit: Int
    ) async throws(StoreError) -> [DueMessage] {
        try await read { database in
            try database.rows(
                """
                WITH ranked AS (
                    SELECT webhook_deliveries.rowid AS place, wallet AS owner, due_at_ms AS due, row_number() OVER (
                        PARTITION BY wallet ORDER BY due_at_ms, webhook_deliveries.rowid
                    ) AS rank
                    FROM webhook_deliveries JOIN webhooks USING (webhook_id)
                    WHERE due_at_ms <= :now
                        AND message_id NOT IN (SELECT value FROM json_each(:messages))
                        AND webhook_id NOT IN (SELECT value FROM json_each(:webhooks))
                        AND wallet NOT IN (SELECT value FROM json_each(:wallets))
                        AND host NOT IN (SELECT value FROM json_each(:hosts))
                ), turns AS (
                    SELECT place, due, rank
                        + coalesce((SELECT value FROM json_each(:onTheirWay) WHERE key = owner), 0) AS turn
                    FROM ranked WHERE rank <= :limit
                    ORDER BY turn, due, place LIMIT :limit
                )
                SELECT message_id, webhook_id, wallet, url, host, secret, body
                FROM turns JOIN webhook_deliveries ON webhook_deliveries.rowid = place
                    JOIN webhooks USING (webhook_id)
                ORDER BY turn, due, place
                """,
                [
                    "now": milliseconds, "messages": Self.json(exclusion.messageIDs),
                    "webhooks": Self.json(exclusion.webhookIDs), "wallets": Self.json(exclusion.wallets),
                    "hosts": Self.json(exclusion.hosts), "onTheirWay": Self.json(onTheirWay), "limit": limit,
                ]
            ).map(DueMessage.init(row:))
        }
    }

    /// When the first message becomes due that is not due yet, Unix milliseconds; nil if none will.
    package func nextDue(after milliseconds: Int64) async throws(StoreError) -> Int64? {
        try await read { database in
            try database.row(
                "SELECT min(due_at_ms) AS due FROM webhook_deliveries WHERE due_at_ms > ?",
                [milliseconds]
            )?["due"]
        }
    }

    /// Keeps what became of an attempt, durably, and decides on the next.
    ///
    /// - Parameters:
    ///   - attempt: It counts even if the message was asked for again meanwhile.
    ///   - schedule: When to try again, and when to disable the webhook.
    ///   - random: From 0 to 1.
    /// - Returns: What follows from the attempt.
    /// - Throws: `StoreError` if it could not be kept.
    package func record(
        _ attempt: DeliveryAttempt,
        schedule: DeliverySchedule,
        random: Double
    ) async throws(StoreError) -> DeliveryAttempt.Consequence {
        try await commit { database in
            let row = try database.row(
                """
                SELECT webhook_deliveries.attempts, webhooks.status, failing_since_ms
                FROM webhook_deliveries JOIN webhooks USING (webhook_id) WHERE message_id = ?
                """,
                [attempt.messageID]
            )
            guard let row else { return .gone }
            let attempts: Int = row["attempts"] + 1
            let isActive = row["status"] as String == Webhook.Status.active.rawValue
            let failingSince: Int64? = row["failing_since_ms"]
            guard attempt.error != nil else {
                try attempt.store(in: database, status: .delivered, attempts: attempts, dueAt: nil)
                if failingSince != nil {
                    try database.run(
                        "UPDATE webhooks SET failing_since_ms = NULL WHERE webhook_id = ?",
                        [attempt.webhookID]
                    )
                }
                return .delivered
            }
            let wait = schedule.wait(afterAttempts: attempts, random: random)
            let dueAt = isActive ? wait.map { attempt.at + $0.milliseconds } : nil
            let status: WebhookDelivery.Status = wait == nil ? .dead : .pending
            try attempt.store(in: database, status: status, attempts: attempts, dueAt: dueAt)
            if failingSince == nil {
                try database.run(
                    "UPDATE webhooks SET failing_since_ms = ? WHERE webhook_id = ?",
                    [attempt.at, attempt.webhookID]
                )
            }
            // A last attempt alone disables: a webhook that is quiet, and whose last message died long ago, gets all the
            // attempts at the next one.
            let failingFor = attempt.at - (failingSince ?? attempt.at)
            if isActive, status == .dead, failingFor >= schedule.disabledAfter.milliseconds {
                let days = failingFor / 86_400_000
                try Self.disable(
                    attempt.webhookID,
                    because: "no message arrived for \(days) days; the last error: \(attempt.error ?? "")",
                    in: database
                )
                return .disabled
            }
            return status == .dead ? .dead : dueAt.map { .retry(at: $0) } ?? .held
        }
    }

    /// Removes messages that were made before a time, whatever became of them, at most 1,000 at once.
    ///
    /// - Returns: How many were removed.
    package func removeMessages(before milliseconds: Int64) async throws(StoreError) -> Int {
        try await commit { database in
            try database.run(
                """
                DELETE FROM webhook_deliveries WHERE message_id IN
                    (SELECT message_id FROM webhook_deliveries WHERE created_at_ms < ? LIMIT 1000)
                """,
                [milliseconds]
            )
            return database.changesCount
        }
    }

    /// A JSON array or object, as one argument of a query.
    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}

extension DeliveryAttempt {
    fileprivate func store(
        in database: Database,
        status: WebhookDelivery.Status,
        attempts: Int,
        dueAt: Int64?
    ) throws {
        try database.run(
            """
            UPDATE webhook_deliveries SET status = ?, attempts = ?, due_at_ms = ?, last_attempt_at_ms = ?,
                response_status = ?, error = ?
            WHERE message_id = ?
            """,
            [status.rawValue, attempts, dueAt, at, responseStatus, error, messageID]
        )
    }
}

extension Duration {
    /// Whole milliseconds, the rest cut off.
    fileprivate var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
