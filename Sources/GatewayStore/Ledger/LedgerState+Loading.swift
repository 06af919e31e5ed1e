import GRDB
import InferenceAPI
import Receipts
import SQLiteStore
import Signing

extension LedgerState {
    /// Reads what a database holds.
    ///
    /// - Throws: ``StoreError/Code/damaged`` for a text that is none of ours.
    init(loading database: Database) throws {
        var balances: [Address: CreditBalance] = [:]
        for row in try database.rows("SELECT * FROM accounts") {
            balances[try Address(stored: row["wallet"])] = CreditBalance(
                granted: row["granted_credits"],
                deposited: row["deposited_credits"],
                locked: row["locked_credits"],
                spent: row["spent_credits"]
            )
        }
        var openLocks: [JobID: OpenLock] = [:]
        let open = try database.rows(
            """
            SELECT job_id, locks.wallet, granted_credits, deposited_credits, escrow_tx
            FROM locks JOIN jobs USING (job_id) WHERE state = 'locked'
            """
        )
        for row in open {
            openLocks[try JobID(stored: row["job_id"])] = OpenLock(
                wallet: try Address(stored: row["wallet"]),
                credits: CreditSplit(granted: row["granted_credits"], deposited: row["deposited_credits"]),
                escrowTx: try Signature(stored: row["escrow_tx"])
            )
        }
        var payoutSequences: [Address: Int] = [:]
        for row in try database.rows("SELECT address, payout_sequence FROM workers WHERE payout_sequence > 0") {
            payoutSequences[try Address(stored: row["address"])] = row["payout_sequence"]
        }
        let last = try database.row("SELECT sequence, digest FROM ledger_entries ORDER BY sequence DESC LIMIT 1")
        self.init(
            balances: balances,
            openLocks: openLocks,
            payoutSequences: payoutSequences,
            head: try last.map { Head(sequence: $0["sequence"], digest: try Digest(stored: $0["digest"])) }
        )
    }
}

extension KeyBudgets {
    /// Reads what keys with a cap have spent; locks that are open are refunded at the start, and hold nothing.
    init(loading database: Database) throws {
        var spent: [String: Int] = [:]
        for row in try database.rows(
            "SELECT key_id, spent_credits FROM api_keys WHERE spending_cap_credits IS NOT NULL"
        ) { spent[row["key_id"]] = row["spent_credits"] }
        self.init(spent: spent)
    }
}

extension Address {
    /// Reads a column.
    init(stored text: String) throws(StoreError) {
        do {
            try self.init(base58: text)
        } catch {
            throw StoreError(.damaged, "a column holds an address that is none: \(error)")
        }
    }
}

extension Signature {
    /// Reads a column.
    init(stored text: String) throws(StoreError) {
        do {
            try self.init(base58: text)
        } catch {
            throw StoreError(.damaged, "a column holds a signature that is none: \(error)")
        }
    }
}

extension Digest {
    /// Reads a column.
    init(stored text: String) throws(StoreError) {
        do {
            try self.init(text)
        } catch {
            throw StoreError(.damaged, "a column holds a digest that is none: \(error)")
        }
    }
}

extension JobID {
    /// Reads a column.
    init(stored text: String) throws(StoreError) {
        guard let id = JobID(text) else { throw StoreError(.damaged, "a column holds a job id that is none") }
        self = id
    }
}
