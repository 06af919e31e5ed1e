import GRDB
package import SQLiteStore

extension WorkerHistory {
    /// Payouts of all networks or one, the newest first: at most `limit` of those that follow `after`, the last payout
    /// of the page before.
    package func payouts(
        network: String? = nil,
        limit: Int,
        after: PayoutRecord? = nil
    ) async throws(StoreError) -> [PayoutRecord] {
        try await read { database in
            try database.rows(
                """
                SELECT * FROM payouts
                WHERE (:network IS NULL OR network = :network)
                    AND (:time IS NULL OR (created_at_ms, network, sequence) < (:time, :afterNetwork, :sequence))
                ORDER BY created_at_ms DESC, network DESC, sequence DESC
                LIMIT :limit
                """,
                [
                    "network": network, "time": after?.createdAt, "afterNetwork": after?.network,
                    "sequence": after?.sequence, "limit": limit,
                ]
            ).map(PayoutRecord.init(row:))
        }
    }

    /// The payout of one job, if it has one.
    package func payout(of key: JobKey) async throws(StoreError) -> PayoutRecord? {
        try await read { database in
            try database.row(
                "SELECT * FROM payouts WHERE network = ? AND job_id = ?",
                [key.network, key.jobID]
            ).map(PayoutRecord.init(row:))
        }
    }

    /// The number up to which every payout of a network is on this disk; 0 if the first is not.
    ///
    /// Stops before a gap, so that the network sends again what is missing from it on.
    package func lastPayoutSequence(network: String) async throws(StoreError) -> Int {
        try await read { database in
            try Int.fetchOne(
                database,
                sql: """
                    WITH own AS (SELECT COUNT(*) AS count, MAX(sequence) AS last FROM payouts WHERE network = :network)
                    SELECT CASE WHEN count = last THEN last ELSE
                        (SELECT MIN(sequence) - 1 FROM
                            (SELECT 1 AS sequence UNION ALL
                             SELECT sequence + 1 FROM payouts WHERE network = :network) AS candidate
                         WHERE sequence NOT IN (SELECT sequence FROM payouts WHERE network = :network))
                    END FROM own
                    """,
                arguments: ["network": network]
            ) ?? 0
        }
    }
}

extension PayoutRecord {
    init(row: Row) throws {
        network = row["network"]
        sequence = row["sequence"]
        jobID = row["job_id"]
        amountMicroUSDC = row["amount_micro_usdc"]
        transaction = row["tx_signature"]
        slot = row["slot"]
        state = try row.decode("state")
        note = row["note"]
        createdAt = row["created_at_ms"]
    }
}
