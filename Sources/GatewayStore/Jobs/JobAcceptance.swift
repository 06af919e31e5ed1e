package import InferenceAPI
package import Signing

/// A worker took a job.
package struct JobAcceptance: Sendable {
    package var jobID: JobID
    package var worker: Address
    package var payoutAddress: Address
    /// The worker's share, in basis points.
    package var shareBPS: Int
    /// Of the offer.
    package var nonce: [UInt8]
    /// Unix milliseconds.
    package var at: Int64

    package init(
        jobID: JobID,
        worker: Address,
        payoutAddress: Address,
        shareBPS: Int,
        nonce: [UInt8],
        at: Int64
    ) {
        self.jobID = jobID
        self.worker = worker
        self.payoutAddress = payoutAddress
        self.shareBPS = shareBPS
        self.nonce = nonce
        self.at = at
    }
}
