import GRDB
package import Receipts
import SQLiteStore

/// A row of `jobs`.
package struct JobRecord: Sendable, Equatable {
    package let jobID: String
    /// Addresses are base58.
    package let wallet: String
    package let keyID: String?
    package let requestID: String
    package let status: JobStatus
    package let model: String
    package let tier: String
    package let choiceCount: Int
    /// Of each choice; where the prompt is billed, of that.
    package let maxOutputTokens: Int
    package let creditsPerRequest: Int
    package let creditsPer1kTokens: Int
    package let billedTokens: BilledTokens
    package let creditsLocked: Int
    package let creditsCharged: Int
    package let creditsRefunded: Int
    package let shareBPS: Int?
    package let workerMicroUSDC: Int?
    package let treasuryMicroUSDC: Int?
    package let worker: String?
    package let payoutAddress: String?
    package let requestSHA256: String
    package let proofHash: String?
    package let promptTokens: Int?
    package let completionTokens: Int?
    /// `backend` or `estimated`.
    package let usageSource: String?
    /// Times are Unix milliseconds.
    package let createdAt: Int64
    package let deadline: Int64
    package let acceptedAt: Int64?
    package let completedAt: Int64?
    package let cancelledAt: Int64?
    package let timeToFirstTokenMS: Int?
    package let escrowTx: String
    /// Of the settlement, or of the refund.
    package let settlementTx: String?
    /// The number of the entry that ended it.
    package let slot: Int?
    package let errorCode: String?
    package let errorMessage: String?
    /// A worker's self-test.
    package let isTest: Bool
}

extension JobRecord {
    init(row: Row) throws {
        jobID = row["job_id"]
        wallet = row["wallet"]
        keyID = row["key_id"]
        requestID = row["request_id"]
        status = try row.decode("status")
        model = row["model"]
        tier = row["tier"]
        choiceCount = row["choice_count"]
        maxOutputTokens = row["max_output_tokens"]
        creditsPerRequest = row["credits_per_request"]
        creditsPer1kTokens = row["credits_per_1k_tokens"]
        billedTokens = try row.decode("billed_tokens")
        creditsLocked = row["credits_locked"]
        creditsCharged = row["credits_charged"]
        creditsRefunded = row["credits_refunded"]
        shareBPS = row["share_bps"]
        workerMicroUSDC = row["worker_micro_usdc"]
        treasuryMicroUSDC = row["treasury_micro_usdc"]
        worker = row["worker"]
        payoutAddress = row["payout_address"]
        requestSHA256 = row["request_sha256"]
        proofHash = row["proof_hash"]
        promptTokens = row["prompt_tokens"]
        completionTokens = row["completion_tokens"]
        usageSource = row["usage_source"]
        createdAt = row["created_at_ms"]
        deadline = row["deadline_ms"]
        acceptedAt = row["accepted_at_ms"]
        completedAt = row["completed_at_ms"]
        cancelledAt = row["cancelled_at_ms"]
        timeToFirstTokenMS = row["time_to_first_token_ms"]
        escrowTx = row["escrow_tx"]
        settlementTx = row["settlement_tx"]
        slot = row["slot"]
        errorCode = row["error_code"]
        errorMessage = row["error_message"]
        isTest = row["is_test"]
    }
}
