/// One payout to this worker.
package struct PayoutRecord: Sendable, Equatable {
    /// The gateway's address, base58.
    package var network: String
    /// Counts this worker's payouts of the network from 1.
    package var sequence: Int
    package var jobID: String
    package var amountMicroUSDC: Int
    /// Signature of the settlement, base58.
    package var transaction: String
    /// Sequence number of the ledger entry, or slot of the chain.
    package var slot: Int
    package var state: PayoutState
    /// What does not match, or is missing; for people.
    package var note: String?
    /// Unix milliseconds in the network's time.
    package var createdAt: Int64

    package init(
        network: String,
        sequence: Int,
        jobID: String,
        amountMicroUSDC: Int,
        transaction: String,
        slot: Int,
        state: PayoutState,
        note: String? = nil,
        createdAt: Int64
    ) {
        self.network = network
        self.sequence = sequence
        self.jobID = jobID
        self.amountMicroUSDC = amountMicroUSDC
        self.transaction = transaction
        self.slot = slot
        self.state = state
        self.note = note
        self.createdAt = createdAt
    }
}
