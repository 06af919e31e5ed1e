/// What this worker has of one job, to be held against the network's record.
package struct ReconciliationRow: Sendable, Equatable {
    package var jobID: String
    package var status: JobStatus
    package var credits: Int?
    package var microUSDC: Int?
    package var proofHash: String?
    /// Unix milliseconds in the network's time.
    package var acceptedAt: Int64
    /// Of the job's payout, if one is here.
    package var payoutSequence: Int?
    package var payoutMicroUSDC: Int?

    package init(
        jobID: String,
        status: JobStatus,
        credits: Int? = nil,
        microUSDC: Int? = nil,
        proofHash: String? = nil,
        acceptedAt: Int64,
        payoutSequence: Int? = nil,
        payoutMicroUSDC: Int? = nil
    ) {
        self.jobID = jobID
        self.status = status
        self.credits = credits
        self.microUSDC = microUSDC
        self.proofHash = proofHash
        self.acceptedAt = acceptedAt
        self.payoutSequence = payoutSequence
        self.payoutMicroUSDC = payoutMicroUSDC
    }
}
