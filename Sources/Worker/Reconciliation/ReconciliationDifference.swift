/// Something that this worker and a network have differently on record.
package struct ReconciliationDifference: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        /// The network paid for a job that this worker knows nothing of: its database was lost or replaced.
        case missingHere = "missing_here"
        /// This worker has a receipt for a job that the network has no record of.
        case missingThere = "missing_there"
        /// The network settled the job, and its statement is not here.
        case settledThere = "settled_there"
        /// The network says that it refunded a job whose statement is here.
        case refundedThere = "refunded_there"
        /// The charge or this worker's share is another.
        case otherAmount = "other_amount"
        /// The network accepted another receipt than the one here.
        case otherProof = "other_proof"
        /// The network says that it paid, and no payout is here.
        case payoutMissing = "payout_missing"
        /// A payout is here that is not the one on the network's record.
        case otherPayout = "other_payout"
    }

    package var kind: Kind
    package var jobID: String
    /// A sentence with both sides' figures.
    package var message: String

    private enum CodingKeys: String, CodingKey {
        case kind, message
        case jobID = "job_id"
    }
}
