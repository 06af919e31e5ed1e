import GRDB
import InferenceAPI
import Receipts
import SQLiteStore
import Signing

extension AuditWalk {
    /// Compares the rows of a job with the entry that made them.
    ///
    /// `lock` is the job's lock as it was before the entry.
    mutating func checkRows(
        of entry: LedgerEntry,
        transaction: String,
        payload: [UInt8],
        booking: LedgerState.Booking,
        lock: OpenLock?
    ) throws {
        switch entry.event {
        case .grant, .deposit: break
        case .lock(let event): try checkLock(event, entry, transaction)
        case .settle(let event):
            try checkEndOfLock(event.jobID, "settled", entry)
            try checkSettledJob(event, entry, transaction)
            try checkReceipt(event, entry, transaction: transaction, payload: payload)
            try checkPayout(event, entry, transaction, sequence: booking.payoutSequence)
        case .refund(let event):
            try checkEndOfLock(event.jobID, "refunded", entry)
            try checkRefundedJob(event, entry, transaction, locked: lock?.credits.total)
        }
    }

    /// A lock that no entry ended.
    mutating func checkOpen(_ jobID: JobID, _ lock: OpenLock) throws {
        let row = try database.row(
            """
            SELECT state, status, slot, credits_charged, credits_refunded
            FROM locks JOIN jobs USING (job_id) WHERE job_id = ?
            """,
            [jobID.description]
        )
        guard let row else { return report("\(jobID) is open and has no rows") }
        expect("the lock of \(jobID)", row["state"] as String?, "locked")
        let open = [JobStatus.pending, .processing, .settling].map(\.rawValue)
        if !open.contains(row["status"]) { report("\(jobID) is open and has the status \(row["status"] as String)") }
        expect("the slot of \(jobID)", row["slot"] as Int?, nil)
        expect("the charge of \(jobID)", row["credits_charged"] as Int?, 0)
        expect("the refund of \(jobID)", row["credits_refunded"] as Int?, 0)
    }

    /// A key belongs to an open or a settled job of its wallet: a refunded one would keep its request from being made.
    mutating func checkIdempotencyKeys() throws {
        let strays = try database.rows(
            """
            SELECT keys.job_id FROM idempotency_keys AS keys LEFT JOIN jobs USING (job_id)
            WHERE jobs.wallet IS NOT keys.wallet OR jobs.status IN ('failed', 'refunded', 'cancelled')
            """
        )
        for row in strays {
            report("an idempotency key belongs to \(row["job_id"] as String), which is refunded or of another wallet")
        }
    }

    private mutating func checkLock(_ event: LedgerEntry.Lock, _ entry: LedgerEntry, _ transaction: String) throws {
        let jobID = event.jobID.description
        accountedRows["jobs", default: 0] += 1
        accountedRows["locks", default: 0] += 1
        guard let job = try database.row("SELECT * FROM jobs WHERE job_id = ?", [jobID]) else {
            return report("the row of \(jobID) is missing")
        }
        expect("the job's wallet", job["wallet"] as String?, event.account.description)
        expect("the job's model", job["model"] as String?, event.model)
        expect("the job's credits_locked", job["credits_locked"] as Int?, event.creditsLocked)
        expect("the job's escrow_tx", job["escrow_tx"] as String?, transaction)
        expect("the job's is_test", job["is_test"] as Bool?, event.creditsLocked == 0)
        expect("the job's time", job["created_at_ms"] as Int64?, entry.atMS)
        guard let lock = try database.row("SELECT * FROM locks WHERE job_id = ?", [jobID]) else {
            return report("the lock of \(jobID) is missing")
        }
        expect("the lock's wallet", lock["wallet"] as String?, event.account.description)
        expect("the lock's granted credits", lock["granted_credits"] as Int?, event.creditsFromGranted)
        expect(
            "the lock's deposited credits",
            lock["deposited_credits"] as Int?,
            event.creditsLocked - event.creditsFromGranted
        )
        expect("the lock's entry", lock["lock_sequence"] as Int?, entry.sequence)
    }

    private mutating func checkEndOfLock(_ jobID: JobID, _ state: String, _ entry: LedgerEntry) throws {
        let row = try database.row("SELECT state, end_sequence FROM locks WHERE job_id = ?", [jobID.description])
        expect("the lock's state", row?["state"] as String?, state)
        expect("the lock's last entry", row?["end_sequence"] as Int?, entry.sequence)
    }

    private mutating func checkSettledJob(
        _ event: LedgerEntry.Settlement,
        _ entry: LedgerEntry,
        _ transaction: String
    ) throws {
        guard let row = try database.row("SELECT * FROM jobs WHERE job_id = ?", [event.jobID.description]) else {
            return
        }
        let job = try JobRecord(row: row)
        expect("the job's status", job.status, .settled)
        expect("the job's credits_charged", job.creditsCharged, event.amounts.creditsCharged)
        expect("the job's credits_refunded", job.creditsRefunded, event.amounts.creditsRefunded)
        expect("the job's worker_micro_usdc", job.workerMicroUSDC, event.amounts.workerMicroUSDC)
        expect("the job's treasury_micro_usdc", job.treasuryMicroUSDC, event.amounts.treasuryMicroUSDC)
        expect("the job's worker", job.worker, event.worker.description)
        expect("the job's payout_address", job.payoutAddress, event.payoutAddress.description)
        expect("the job's proof_hash", job.proofHash, event.proofHash.description)
        expect("the job's settlement_tx", job.settlementTx, transaction)
        expect("the job's slot", job.slot, entry.sequence)
        expect("the job's completed_at_ms", job.completedAt, entry.atMS)
        let share = job.shareBPS.map { $0 * event.amounts.creditsCharged }
        expect("the worker's share by share_bps", share, event.amounts.workerMicroUSDC)
        expect("the charge by the job's price", Self.charge(of: job), event.amounts.creditsCharged)
    }

    /// What a job costs by its own prices and counts; nil if those cannot be.
    private static func charge(of job: JobRecord) -> Int? {
        let prices = 0...Amounts.largestCredits
        guard prices.contains(job.creditsPerRequest), prices.contains(job.creditsPer1kTokens),
            (1...Amounts.largestChoices).contains(job.choiceCount),
            let tokens = job.billedTokens == .prompt ? job.promptTokens : job.completionTokens
        else { return nil }
        let rule = ChargeRule(
            creditsPerRequest: job.creditsPerRequest,
            creditsPer1kTokens: job.creditsPer1kTokens,
            choices: job.choiceCount,
            billed: job.billedTokens
        )
        return (try? rule.charge(completionTokens: tokens)).map { min($0, job.creditsLocked) }
    }

    private mutating func checkReceipt(
        _ event: LedgerEntry.Settlement,
        _ entry: LedgerEntry,
        transaction: String,
        payload: [UInt8]
    ) throws {
        accountedRows["receipts", default: 0] += 1
        let stored = try database.row(
            "SELECT worker, envelope, statement FROM receipts WHERE job_id = ? AND verdict = 'accepted'",
            [event.jobID.description]
        )
        guard let row = stored else { return report("the receipt of \(event.jobID) is missing") }
        expect("the receipt's worker", row["worker"] as String?, event.worker.description)
        let receipt = try? Receipt(
            verifying: Array((row["envelope"] as String? ?? "").utf8),
            signer: event.worker
        )
        expect("the receipt's digest", receipt?.proofHash, event.proofHash)
        let statement = try? Envelope(parsing: Array((row["statement"] as String? ?? "").utf8))
        if statement?.payload != payload { report("the statement is not the entry") }
        let signature = statement?.signatures.first.flatMap { try? Signature(bytes: $0.signature) }
        expect("the statement's signature", signature?.base58, transaction)
    }

    private mutating func checkPayout(
        _ event: LedgerEntry.Settlement,
        _ entry: LedgerEntry,
        _ transaction: String,
        sequence: Int?
    ) throws {
        let stored = try database.row("SELECT * FROM payouts WHERE job_id = ?", [event.jobID.description])
        guard let sequence else {
            if stored != nil { report("\(event.jobID) has a payout, and its worker's share is nothing") }
            return
        }
        accountedRows["payouts", default: 0] += 1
        guard let payout = try stored.map(PayoutRecord.init(row:)) else {
            return report("the payout of \(event.jobID) is missing")
        }
        expect("the payout's worker", payout.worker, event.worker.description)
        expect("the payout's sequence", payout.sequence, sequence)
        expect("the payout's address", payout.payoutAddress, event.payoutAddress.description)
        expect("the payout's amount", payout.amountMicroUSDC, event.amounts.workerMicroUSDC)
        expect("the payout's time", payout.createdAt, entry.atMS)
        // On a chain, transaction and slot are those of the transfer.
        guard payout.state == .credited else { return }
        expect("the payout's transaction", payout.transaction, transaction)
        expect("the payout's slot", payout.slot, entry.sequence)
    }

    private mutating func checkRefundedJob(
        _ event: LedgerEntry.Refund,
        _ entry: LedgerEntry,
        _ transaction: String,
        locked: Int?
    ) throws {
        guard let row = try database.row("SELECT * FROM jobs WHERE job_id = ?", [event.jobID.description]) else {
            return
        }
        let job = try JobRecord(row: row)
        if ![JobStatus.failed, .refunded, .cancelled].contains(job.status) {
            report("the job's status is \(job.status.rawValue), and its credits went back")
        }
        expect("the job's credits_charged", job.creditsCharged, 0)
        expect("the job's credits_refunded", job.creditsRefunded, locked)
        expect("the job's settlement_tx", job.settlementTx, transaction)
        expect("the job's slot", job.slot, entry.sequence)
        expect("the job's completed_at_ms", job.completedAt, entry.atMS)
        expect("the job's error_code", job.errorCode, event.reason)
    }
}
