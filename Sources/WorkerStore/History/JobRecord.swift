import GRDB
import SQLiteStore

/// A row of `jobs`.
package struct JobRecord: Sendable, Equatable {
    package var key: JobKey
    package var model: String
    package var backend: String
    package var requestID: String
    package var status: JobStatus
    package var promptTokens: Int?
    package var completionTokens: Int?
    /// `backend` or `estimated`.
    package var usageSource: String?
    package var creditsLocked: Int
    package var shareBasisPoints: Int
    /// The worker's share by its own count, in micro-USDC, once finished.
    package var expectedMicroUSDC: Int?
    /// What the caller was charged, once settled.
    package var credits: Int?
    /// The worker's share of it.
    package var microUSDC: Int?
    /// All times are Unix milliseconds in the network's time.
    package var acceptedAt: Int64
    package var firstTokenAt: Int64?
    package var finishedAt: Int64?
    package var settledAt: Int64?
    package var escrowTransaction: String
    package var settlementTransaction: String?
    package var proofHash: String?
    /// Why it failed, was cancelled or is unpaid.
    package var errorCode: String?
    package var errorMessage: String?
}

extension JobRecord {
    init(row: Row) throws {
        key = JobKey(network: row["network"], jobID: row["job_id"])
        model = row["model"]
        backend = row["backend"]
        requestID = row["request_id"]
        status = try row.decode("status")
        promptTokens = row["prompt_tokens"]
        completionTokens = row["completion_tokens"]
        usageSource = row["usage_source"]
        creditsLocked = row["credits_locked"]
        shareBasisPoints = row["share_bps"]
        expectedMicroUSDC = row["expected_micro_usdc"]
        credits = row["credits"]
        microUSDC = row["micro_usdc"]
        acceptedAt = row["accepted_at_ms"]
        firstTokenAt = row["first_token_at_ms"]
        finishedAt = row["finished_at_ms"]
        settledAt = row["settled_at_ms"]
        escrowTransaction = row["escrow_tx"]
        settlementTransaction = row["settlement_tx"]
        proofHash = row["proof_hash"]
        errorCode = row["error_code"]
        errorMessage = row["error_message"]
    }
}
