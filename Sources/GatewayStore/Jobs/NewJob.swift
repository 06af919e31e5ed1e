package import InferenceAPI
package import Receipts
package import Signing

/// A job for which credits are to be locked.
package struct NewJob: Sendable {
    package var jobID: JobID
    /// Whose credits pay.
    package var wallet: Address
    /// The API key that asked; nil for wallet authentication.
    package var keyID: String?
    /// Most credits that the key may spend in all; nil: no bound of its own.
    package var spendingCap: Int?
    /// The key under which the caller may ask for it again; nil if it gave none.
    package var idempotencyKey: IdempotencyKey?
    package var requestID: String
    /// The network's id of the model.
    package var model: String
    package var tier: String
    /// Prices and number of choices, frozen from here on.
    package var rule: ChargeRule
    /// Limit of output tokens for each choice.
    package var maxOutputTokens: Int
    /// Digest of the caller's body.
    package var requestSHA256: Digest
    /// Unix milliseconds.
    package var createdAt: Int64
    package var deadline: Int64
    /// A test of a worker that its operator asked for: free, and in nobody's figures.
    package var isTest: Bool

    package init(
        jobID: JobID,
        wallet: Address,
        keyID: String?,
        spendingCap: Int? = nil,
        idempotencyKey: IdempotencyKey? = nil,
        requestID: String,
        model: String,
        tier: String,
        rule: ChargeRule,
        maxOutputTokens: Int,
        requestSHA256: Digest,
        createdAt: Int64,
        deadline: Int64,
        isTest: Bool = false
    ) {
        self.jobID = jobID
        self.wallet = wallet
        self.keyID = keyID
        self.spendingCap = spendingCap
        self.idempotencyKey = idempotencyKey
        self.requestID = requestID
        self.model = model
        self.tier = tier
        self.rule = rule
        self.maxOutputTokens = maxOutputTokens
        self.requestSHA256 = requestSHA256
        self.createdAt = createdAt
        self.deadline = deadline
        self.isTest = isTest
    }
}
