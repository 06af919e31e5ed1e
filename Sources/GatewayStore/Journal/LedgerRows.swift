import GRDB
import InferenceAPI
import Receipts
import SQLiteStore
import Signing
import Webhooks

/// Turns the ledger's decisions into rows, inside the transaction of a commit.
///
/// What webhooks are told of a decision is stored with it, so that no crash can part the two.
struct LedgerRows {
    let database: Database
    private let webhooks: WebhookRows

    init(_ database: Database, webhooks: WebhookRows) {
        self.database = database
        self.webhooks = webhooks
    }

    /// Stores changes in their order.
    ///
    /// - Throws: `DatabaseError`; ``StoreError`` if they do not follow from what is stored, which is a fault of ours.
    func store(_ changes: ArraySlice<LedgerChange>) throws {
        try checkHead(before: changes.lazy.compactMap(\.booked).first)
        for change in changes {
            switch change {
            case .funding(let booked): try store(funding: booked)
            case .lock(let booked, let job, let split): try store(lock: booked, job, split)
            case .processing(let acceptance, let wallet): try store(acceptance, of: wallet)
            case .settle(let booked, let settlement, let job): try store(settlement: booked, settlement, job)
            case .refund(let booked, let refund, let job): try store(refund: booked, refund, job)
            case .refusal(let refused): try store(refused)
            }
        }
    }

    /// The chain is read and extended in one immediate transaction: nobody else can have extended it.
    private func checkHead(before first: BookedEntry?) throws {
        guard let first else { return }
        let last = try database.row("SELECT sequence, digest FROM ledger_entries ORDER BY sequence DESC LIMIT 1")
        let sequence: Int = last?["sequence"] ?? 0
        let digest: String? = last?["digest"]
        guard first.entry.sequence == sequence + 1, first.entry.previous?.description == digest else {
            throw StoreError(
                .failed,
                "entry \(first.entry.sequence) does not extend the stored ledger, which ends with \(sequence)"
            )
        }
    }

    private func store(entry booked: BookedEntry, jobID: JobID?) throws {
        let entry = booked.entry
        try database.run(
            """
            INSERT INTO ledger_entries (sequence, kind, job_id, wallet, at_ms, payload, signature, digest, previous)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                entry.sequence, entry.event.kind.rawValue, jobID?.description, booked.booking.wallet.description,
                entry.atMS, String(decoding: booked.envelope.payload, as: UTF8.self), booked.transaction,
                booked.digest.description, entry.previous?.description,
            ]
        )
        for posting in booked.booking.postings {
            try database.run(
                "INSERT INTO postings (sequence, account, amount_micro_usdc) VALUES (?, ?, ?)",
                [entry.sequence, posting.account, posting.amountMicroUSDC]
            )
        }
        let balance = booked.booking.balance
        try database.run(
            """
            UPDATE accounts SET granted_credits = ?, deposited_credits = ?, locked_credits = ?, spent_credits = ?
            WHERE wallet = ?
            """,
            [
                balance.granted, balance.deposited, balance.locked, balance.spent,
                booked.booking.wallet.description,
            ]
        )
    }

    private func store(funding booked: BookedEntry) throws {
        try openAccount(booked.booking.wallet.description, at: booked.entry.atMS)
        try store(entry: booked, jobID: nil)
        try webhooks.creditsDeposited(to: booked.booking.wallet, at: booked.entry.atMS)
    }

    private func openAccount(_ wallet: String, at milliseconds: Int64) throws {
        try database.run(
            "INSERT INTO accounts (wallet, created_at_ms) VALUES (?, ?) ON CONFLICT (wallet) DO NOTHING",
            [wallet, milliseconds]
        )
    }

    private func store(lock booked: BookedEntry, _ job: NewJob, _ split: CreditSplit) throws {
        let jobID = job.jobID.description
        let wallet = job.wallet.description
        // The network's own account is nobody's to open.
        if job.isTest { try openAccount(wallet, at: job.createdAt) }
        try database.run(
            """
            INSERT INTO jobs (job_id, wallet, key_id, request_id, status, model, tier, choice_count, max_output_tokens,
                credits_per_request, credits_per_1k_tokens, credits_locked, request_sha256, created_at_ms, deadline_ms,
                escrow_tx, is_test, billed_tokens)
            VALUES (?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                jobID, wallet, job.keyID, job.requestID, job.model, job.tier, job.rule.choices, job.maxOutputTokens,
                job.rule.creditsPerRequest, job.rule.creditsPer1kTokens, split.total, job.requestSHA256.description,
                job.createdAt, job.deadline, booked.transaction, job.isTest,
                job.rule.billed.rawValue,
            ]
        )
        try store(entry: booked, jobID: job.jobID)
        try database.run(
            """
            INSERT INTO locks (job_id, wallet, granted_credits, deposited_credits, state, lock_sequence)
            VALUES (?, ?, ?, ?, 'locked', ?)
            """,
            [jobID, wallet, split.granted, split.deposited, booked.entry.sequence]
        )
        if let key = job.idempotencyKey { try store(key: key, of: job) }
        try webhooks.job(job.jobID, of: job.wallet, .jobSubmitted, at: job.createdAt)
    }

    private func store(_ acceptance: JobAcceptance, of wallet: Address) throws {
        try database.run(
            """
            UPDATE jobs SET status = 'processing', worker = ?, payout_address = ?, share_bps = ?, nonce = ?,
                accepted_at_ms = ?
            WHERE job_id = ? AND status IN ('pending', 'processing')
            """,
            [
                acceptance.worker.description, acceptance.payoutAddress.description, acceptance.shareBPS,
                Hex.encode(acceptance.nonce), acceptance.at, acceptance.jobID.description,
            ]
        )
        try webhooks.job(acceptance.jobID, of: wallet, .jobProcessing, at: acceptance.at)
    }

    private func store(settlement booked: BookedEntry, _ settlement: JobSettlement, _ job: SettledJob) throws {
        let jobID = settlement.jobID.description
        let worker = settlement.worker.description
        try store(entry: booked, jobID: settlement.jobID)
        try endLock(of: jobID, as: "settled", by: booked)
        try database.run(
            """
            UPDATE jobs SET status = 'settled', credits_charged = ?, credits_refunded = ?, share_bps = ?,
                worker_micro_usdc = ?, treasury_micro_usdc = ?, worker = ?, payout_address = ?, proof_hash = ?,
                prompt_tokens = ?, completion_tokens = ?, usage_source = ?, completed_at_ms = ?, cancelled_at_ms = ?,
                time_to_first_token_ms = ?, settlement_tx = ?, slot = ?
            WHERE job_id = ?
            """,
            [
                job.amounts.creditsCharged, job.amounts.creditsRefunded, settlement.shareBPS,
                job.amounts.workerMicroUSDC, job.amounts.treasuryMicroUSDC, worker,
                settlement.payoutAddress.description, settlement.proofHash.description, settlement.usage.promptTokens,
                settlement.usage.completionTokens, settlement.usage.source.rawValue, settlement.completedAt,
                settlement.cancelledAt, settlement.timeToFirstTokenMS, job.settlementTx, job.slot, jobID,
            ]
        )
        try database.run(
            """
            UPDATE api_keys SET spent_credits = spent_credits + ?
            WHERE key_id = (SELECT key_id FROM jobs WHERE job_id = ?)
            """,
            [job.amounts.creditsCharged, jobID]
        )
        try database.run(
            """
            INSERT INTO receipts (job_id, worker, verdict, envelope, statement, decided_at_ms)
            VALUES (?, ?, 'accepted', ?, ?, ?)
            """,
            [
                jobID, worker, String(decoding: settlement.receipt, as: UTF8.self),
                String(decoding: job.statement, as: UTF8.self), settlement.completedAt,
            ]
        )
        try database.run(
            """
            INSERT INTO workers (address, first_seen_at_ms, last_seen_at_ms, payout_sequence, jobs_settled)
            VALUES (?1, ?2, ?2, ?3, (SELECT 1 - is_test FROM jobs WHERE job_id = ?4))
            ON CONFLICT (address) DO UPDATE SET jobs_settled = jobs_settled + excluded.jobs_settled,
                payout_sequence = max(payout_sequence, excluded.payout_sequence)
            """,
            [worker, settlement.completedAt, job.payout?.sequence ?? 0, jobID]
        )
        if let payout = job.payout { try store(payout) }
        let wallet = booked.booking.wallet
        try webhooks.job(settlement.jobID, of: wallet, .jobCompleted, at: settlement.completedAt)
        try webhooks.charged(
            job.amounts.creditsCharged,
            to: wallet,
            leaving: booked.booking.balance,
            at: settlement.completedAt
        )
    }

    private func store(_ payout: PayoutRecord) throws {
        try database.run(
            """
            INSERT INTO payouts (worker, sequence, job_id, payout_address, amount_micro_usdc, tx_signature, slot, state,
                created_at_ms)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                payout.worker, payout.sequence, payout.jobID, payout.payoutAddress, payout.amountMicroUSDC,
                payout.transaction, payout.slot, payout.state.rawValue, payout.createdAt,
            ]
        )
    }

    private func store(refund booked: BookedEntry, _ refund: JobRefund, _ job: RefundedJob) throws {
        let jobID = refund.jobID.description
        try store(entry: booked, jobID: refund.jobID)
        try endLock(of: jobID, as: "refunded", by: booked)
        try freeKey(ofJob: jobID)
        try database.run(
            """
            UPDATE jobs SET status = ?, credits_refunded = ?, completed_at_ms = ?, cancelled_at_ms = ?,
                settlement_tx = ?, slot = ?, error_code = ?, error_message = ?
            WHERE job_id = ?
            """,
            [
                refund.status.rawValue, job.creditsRefunded, refund.at,
                refund.status == .cancelled ? refund.at : nil, job.refundTx, job.slot, refund.errorCode,
                refund.message, jobID,
            ]
        )
        try webhooks.job(refund.jobID, of: booked.booking.wallet, refund.event, at: refund.at)
    }

    /// The one conditional update that decides, on disk too, between a refund and a receipt.
    private func endLock(of jobID: String, as state: String, by booked: BookedEntry) throws {
        try database.run(
            "UPDATE locks SET state = ?, end_sequence = ? WHERE job_id = ? AND state = 'locked'",
            [state, booked.entry.sequence, jobID]
        )
        guard database.changesCount == 1 else {
            throw StoreError(.failed, "\(jobID) has no open lock on disk, and entry \(booked.entry.sequence) ends it")
        }
    }

    private func store(_ refused: RefusedReceipt) throws {
        let worker = refused.worker.description
        // The first verdict stays; a job that nobody knows has none.
        try database.run(
            """
            INSERT INTO receipts (job_id, worker, verdict, envelope, reason, message, decided_at_ms)
            SELECT job_id, ?, 'refused', ?, ?, ?, ? FROM jobs WHERE job_id = ?
            ON CONFLICT (job_id, worker) DO NOTHING
            """,
            [
                worker, refused.receipt.map { String(decoding: $0, as: UTF8.self) }, refused.reason, refused.message,
                refused.at, refused.jobID.description,
            ]
        )
        guard database.changesCount == 1 else { return }
        try database.run(
            "UPDATE workers SET receipts_refused = receipts_refused + 1 WHERE address = ?",
            [worker]
        )
        try webhooks.receiptRefused(refused.jobID, at: refused.at)
    }
}

extension JobRefund {
    /// What webhooks are told: only the end of its time is a timeout, whatever else gave the credits back.
    fileprivate var event: WebhookEvent { errorCode == "job_timeout" ? .jobTimeout : .jobFailed }
}
