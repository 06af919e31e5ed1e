package import InferenceAPI
package import Signing

/// A receipt that was checked, with what the gateway knows of its job.
package struct JobSettlement: Sendable {
    package var jobID: JobID
    package var worker: Address
    package var payoutAddress: Address
    /// The worker's share of the charge, in basis points.
    package var shareBPS: Int
    /// The worker's signed receipt as it came: JSON text.
    package var receipt: [UInt8]
    /// The digest of the receipt's payload.
    package var proofHash: Digest
    /// Counts the tokens to charge for.
    package var usage: TokenUsage
    /// From the caller's request to the first delta; nil if there was none.
    package var timeToFirstTokenMS: Int?
    /// When the caller hung up, if it did; Unix milliseconds.
    package var cancelledAt: Int64?
    /// Unix milliseconds.
    package var completedAt: Int64

    package init(
        jobID: JobID,
        worker: Address,
        payoutAddress: Address,
        shareBPS: Int,
        receipt: [UInt8],
        proofHash: Digest,
        usage: TokenUsage,
        timeToFirstTokenMS: Int?,
        cancelledAt: Int64? = nil,
        completedAt: Int64
    ) {
        self.jobID = jobID
        self.worker = worker
        self.payoutAddress = payoutAddress
        self.shareBPS = shareBPS
        self.receipt = receipt
        self.proofHash = proofHash
        self.usage = usage
        self.timeToFirstTokenMS = timeToFirstTokenMS
        self.cancelledAt = cancelledAt
        self.completedAt = completedAt
    }
}
