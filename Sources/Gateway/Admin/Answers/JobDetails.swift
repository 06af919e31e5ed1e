/// A job, as the admin API shows it; members are named as the columns of `jobs`.
package struct JobDetails: Codable, Sendable, Equatable {
    package var jobID: String
    package var status: String
    /// Whose credits pay; base58.
    package var wallet: String
    package var keyID: String?
    package var requestID: String
    package var model: String
    package var tier: String
    /// Base58; nil until a worker accepts.
    package var worker: String?
    package var payoutAddress: String?
    package var creditsLocked: Int
    package var creditsCharged: Int
    package var creditsRefunded: Int
    package var workerMicroUSDC: Int?
    package var treasuryMicroUSDC: Int?
    package var promptTokens: Int?
    package var completionTokens: Int?
    /// `backend` or `estimated`.
    package var usageSource: String?
    /// RFC 3339, as all times here.
    package var createdAt: String
    package var deadline: String
    package var acceptedAt: String?
    package var completedAt: String?
    package var cancelledAt: String?
    package var timeToFirstTokenMS: Int?
    package var requestSHA256: String
    package var proofHash: String?
    package var escrowTx: String
    package var settlementTx: String?
    /// The number of the ledger's entry that ended the job.
    package var slot: Int?
    package var errorCode: String?
    package var errorMessage: String?
    /// A worker's test of itself: free, and in nobody's figures.
    package var isTest: Bool

    private enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
        case status
        case wallet
        case keyID = "key_id"
        case requestID = "request_id"
        case model
        case tier
        case worker
        case payoutAddress = "payout_address"
        case creditsLocked = "credits_locked"
        case creditsCharged = "credits_charged"
        case creditsRefunded = "credits_refunded"
        case workerMicroUSDC = "worker_micro_usdc"
        case treasuryMicroUSDC = "treasury_micro_usdc"
        case promptTokens = "prompt_tokens"
        case completionTokens = "completion_tokens"
        case usageSource = "usage_source"
        case createdAt = "created_at"
        case deadline
        case acceptedAt = "accepted_at"
        case completedAt = "completed_at"
        case cancelledAt = "cancelled_at"
        case timeToFirstTokenMS = "time_to_first_token_ms"
        case requestSHA256 = "request_sha256"
        case proofHash = "proof_hash"
        case escrowTx = "escrow_tx"
        case settlementTx = "settlement_tx"
        case slot
        case errorCode = "error_code"
        case errorMessage = "error_message"
        case isTest = "is_test"
    }
}
