import GRDB
import InferenceAPI
import Receipts
import SQLiteStore
import Signing

/// The end of a job as the disk knows it: what a repetition is answered with.
struct EndedJob: Sendable {
    let status: JobStatus
    let wallet: Address
    let worker: String?
    private let creditsLocked: Int
    private let creditsCharged: Int
    private let creditsRefunded: Int
    private let workerMicroUSDC: Int
    private let treasuryMicroUSDC: Int
    private let endTx: String
    private let slot: Int
    private let statement: String?
    private let payout: PayoutRecord?

    /// Reads it; nil if there is no such job, or it has not ended.
    init?(jobID: JobID, in database: Database) throws {
        let stored = try database.row(
            """
            SELECT jobs.*, receipts.statement FROM jobs
            LEFT JOIN receipts ON receipts.job_id = jobs.job_id AND verdict = 'accepted'
            WHERE jobs.job_id = ? AND slot IS NOT NULL
            """,
            [jobID.description]
        )
        guard let row = stored else { return nil }
        status = try row.decode("status")
        wallet = try Address(stored: row["wallet"])
        worker = row["worker"]
        creditsLocked = row["credits_locked"]
        creditsCharged = row["credits_charged"]
        creditsRefunded = row["credits_refunded"]
        workerMicroUSDC = row["worker_micro_usdc"] ?? 0
        treasuryMicroUSDC = row["treasury_micro_usdc"] ?? 0
        endTx = row["settlement_tx"]
        slot = row["slot"]
        statement = row["statement"]
        payout = try database.row("SELECT * FROM payouts WHERE job_id = ?", [jobID.description])
            .map(PayoutRecord.init(row:))
    }

    /// - Throws: ``StoreError/Code/damaged`` if the rows contradict each other.
    func settledJob(_ jobID: JobID, balance: CreditBalance) throws -> SettledJob {
        guard let statement else { throw StoreError(.damaged, "\(jobID) is settled and has no statement") }
        return SettledJob(
            jobID: jobID,
            statement: Array(statement.utf8),
            settlementTx: endTx,
            slot: slot,
            amounts: try SettlementAmounts(
                creditsLocked: creditsLocked,
                creditsCharged: creditsCharged,
                creditsRefunded: creditsRefunded,
                workerMicroUSDC: workerMicroUSDC,
                treasuryMicroUSDC: treasuryMicroUSDC
            ),
            payout: payout,
            balance: balance
        )
    }

    func refundedJob(_ jobID: JobID, balance: CreditBalance) -> RefundedJob {
        RefundedJob(
            jobID: jobID,
            creditsRefunded: creditsRefunded,
            refundTx: endTx,
            slot: slot,
            balance: balance
        )
    }
}

extension ReceiptVerdict {
    /// Reads what the disk knows of a receipt.
    init(jobID: JobID, worker: Address, in database: Database) throws {
        let stored = try database.row(
            """
            SELECT slot, verdict, statement, reason, receipts.message FROM jobs
            LEFT JOIN receipts ON receipts.job_id = jobs.job_id AND receipts.worker = ?
            WHERE jobs.job_id = ?
            """,
            [worker.description, jobID.description]
        )
        guard let row = stored else {
            self = .unknown
            return
        }
        let slot: Int? = row["slot"]
        switch row["verdict"] as String? {
        case "accepted": self = .accepted(statement: Array((row["statement"] as String).utf8))
        case "refused": self = .refused(reason: row["reason"], message: row["message"] ?? "")
        default: self = slot == nil ? .undecided : .lost
        }
    }
}
