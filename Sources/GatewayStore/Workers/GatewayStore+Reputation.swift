import GRDB
package import SQLiteStore
package import Signing

extension GatewayStore {
    /// Keeps what is known of workers; all of them join one commit, and nobody waits for it.
    package func keep(_ records: [ReputationRecord]) {
        guard !records.isEmpty else { return }
        group.enqueue { database in
            for record in records { try record.store(in: database) }
        }
    }

    /// Bans a worker, durably; one that is banned already gets the new reason.
    package func ban(_ worker: Address, reason: String, at milliseconds: Int64) async throws(StoreError) {
        try await commit { database in
            try database.run(
                """
                INSERT INTO worker_bans (worker, banned_at_ms, reason) VALUES (?, ?, ?)
                ON CONFLICT (worker) DO UPDATE SET reason = excluded.reason
                """,
                [worker.description, milliseconds, reason]
            )
        }
    }

    /// Lifts a ban, durably.
    ///
    /// - Returns: False if the worker was not banned.
    package func unban(_ worker: Address) async throws(StoreError) -> Bool {
        try await commit { database in
            try database.run("DELETE FROM worker_bans WHERE worker = ?", [worker.description])
            return database.changesCount > 0
        }
    }
}
