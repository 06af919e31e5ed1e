import GRDB
package import SQLiteStore

/// What a payout that the network announced was to this worker.
package enum PayoutNews: Sendable, Equatable {
    /// The first word of it.
    case recorded
    /// It came further: from credited to submitted, say.
    case advanced
    /// Nothing new.
    case known
    /// The job or the amount is not that of the payout with this number. The first word stays, marked `mismatched`.
    case contradicted
}

extension WorkerStore {
    /// Keeps a payout, once for each network and sequence number.
    ///
    /// A loss is harmless: the network sends again what ``WorkerHistory/lastPayoutSequence(network:)`` does not cover.
    ///
    /// - Returns: What it was, durable now.
    @discardableResult
    package func payoutAnnounced(_ payout: PayoutRecord) async throws(StoreError) -> PayoutNews {
        try await commit { database in
            let stored = try database.row(
                "SELECT * FROM payouts WHERE network = ? AND sequence = ?",
                [payout.network, payout.sequence]
            )
            guard let known = try stored.map(PayoutRecord.init(row:)) else {
                try Self.insert(payout, into: database)
                return .recorded
            }
            guard known.jobID == payout.jobID, known.amountMicroUSDC == payout.amountMicroUSDC else {
                let note = "announced again for \(payout.jobID) with \(payout.amountMicroUSDC) micro-USDC"
                try database.run(
                    "UPDATE payouts SET state = 'mismatched', note = ? WHERE network = ? AND sequence = ?",
                    [note, payout.network, payout.sequence]
                )
                return .contradicted
            }
            guard let progress = known.state.progress, let news = payout.state.progress, news > progress else {
                return .known
            }
            try database.run(
                "UPDATE payouts SET state = ?, tx_signature = ?, slot = ? WHERE network = ? AND sequence = ?",
                [payout.state.rawValue, payout.transaction, payout.slot, payout.network, payout.sequence]
            )
            return .advanced
        }
    }

    private static func insert(_ payout: PayoutRecord, into database: Database) throws {
        try database.run(
            """
            INSERT INTO payouts (network, sequence, job_id, amount_micro_usdc, tx_signature, slot, state, note,
                created_at_ms)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                payout.network, payout.sequence, payout.jobID, payout.amountMicroUSDC, payout.transaction,
                payout.slot, payout.state.rawValue, payout.note, payout.createdAt,
            ]
        )
    }
}
