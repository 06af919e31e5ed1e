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

    /// Messages that are due, the one that has waited longest first.
    package func due(
        at milliseconds: Int64,
        except exclusion: Exclusion,
        limit: Int
    ) async throws(StoreError) -> [DueMessage] {
        try await read { database in
            try database.rows(
                """
                SELECT message_id, webhook_id, wallet, url, host, secret, body
                FROM webhook_deliveries JOIN webhooks USING (webhook_id)
                WHERE due_at_ms <= :now
                    AND message_id NOT IN (SELECT value FROM json_each(:messages))
                    AND webhook_id NOT IN (SELECT value FROM json_each(:webhooks))
                    AND wallet NOT IN (SELECT value FROM json_each(:wallets))
                    AND host NOT IN (SELECT value FROM json_each(:hosts))
                ORDER BY due_at_ms LIMIT :limit
                """,
                [
                    "now": milliseconds, "messages": Self.list(exclusion.messageIDs),
                    "webhooks": Self.list(exclusion.webhookIDs), "wallets": Self.list(exclusion.wallets),
                    "hosts": Self.list(exclusion.hosts), "limit": limit,
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
            let failingFor = attempt.at - (failingSince ?? attempt.at)
            if isActive, failingFor >= schedule.disabledAfter.milliseconds {
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

    /// A JSON array, as one argument of a query.
    private static func list(_ texts: Set<String>) throws -> String {
        String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
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
