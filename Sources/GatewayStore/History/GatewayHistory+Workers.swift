import GRDB
package import SQLiteStore

extension GatewayHistory {
    /// Every worker that was ever seen, the last seen first.
    package func workers() async throws(StoreError) -> [WorkerRecord] {
        try await read { database in
            try database.rows("SELECT * FROM workers ORDER BY last_seen_at_ms DESC, address")
                .map(WorkerRecord.init(row:))
        }
    }

    /// A worker's payouts with a number above `sequence`, in order, at most `limit`: what it is sent again.
    package func payouts(
        worker: String,
        after sequence: Int,
        limit: Int
    ) async throws(StoreError) -> [PayoutRecord] {
        try await read { database in
            try database.rows(
                "SELECT * FROM payouts WHERE worker = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                [worker, sequence, limit]
            ).map(PayoutRecord.init(row:))
        }
    }
}
