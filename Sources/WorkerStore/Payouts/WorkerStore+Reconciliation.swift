import GRDB
package import SQLiteStore

extension WorkerStore {
    /// Marks payouts that the network's record does not bear out: `missing` or `mismatched`, with the reason.
    ///
    /// A payout that is marked already keeps its first note.
    package func payoutsDoubted(
        network: String,
        _ doubts: [(sequence: Int, state: PayoutState, note: String)]
    ) async throws(StoreError) {
        try await commit { database in
            for doubt in doubts {
                try database.run(
                    """
                    UPDATE payouts SET state = ?, note = ?
                    WHERE network = ? AND sequence = ? AND state NOT IN ('missing', 'mismatched')
                    """,
                    [doubt.state.rawValue, doubt.note, network, doubt.sequence]
                )
            }
        }
    }
}
