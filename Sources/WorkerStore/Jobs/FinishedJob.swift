/// A job with its result signed: everything that must be on disk before the receipt is sent.
package struct FinishedJob: Sendable, Equatable {
    package var job: StartedJob
    package var promptTokens: Int
    package var completionTokens: Int
    /// `backend` or `estimated`.
    package var usageSource: String
    /// Unix milliseconds in the network's time; nil if there was no output.
    package var firstTokenAt: Int64?
    package var finishedAt: Int64
    /// `sha256:…` of the receipt's payload.
    package var proofHash: String
    /// The worker's share by its own count, in micro-USDC: pending until the statement says what it is.
    package var expectedMicroUSDC: Int
    /// The gateway's signed offer, as it came: JSON text.
    package var offer: [UInt8]
    /// The worker's signed receipt: JSON text.
    package var receipt: [UInt8]

    package init(
        job: StartedJob,
        promptTokens: Int,
        completionTokens: Int,
        usageSource: String,
        firstTokenAt: Int64?,
        finishedAt: Int64,
        proofHash: String,
        expectedMicroUSDC: Int,
        offer: [UInt8],
        receipt: [UInt8]
    ) {
        self.job = job
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.usageSource = usageSource
        self.firstTokenAt = firstTokenAt
        self.finishedAt = finishedAt
        self.proofHash = proofHash
        self.expectedMicroUSDC = expectedMicroUSDC
        self.offer = offer
        self.receipt = receipt
    }
}
