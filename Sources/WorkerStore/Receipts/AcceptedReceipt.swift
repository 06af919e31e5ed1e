/// What a verified settlement statement says.
package struct AcceptedReceipt: Sendable, Equatable {
    package var key: JobKey
    /// The statement's envelope as it came: JSON text.
    package var statement: [UInt8]
    /// Signature of the settlement, base58.
    package var settlementTransaction: String
    /// What the caller was charged.
    package var credits: Int
    /// This worker's share of it.
    package var microUSDC: Int
    /// Unix milliseconds in the network's time.
    package var settledAt: Int64

    package init(
        key: JobKey,
        statement: [UInt8],
        settlementTransaction: String,
        credits: Int,
        microUSDC: Int,
        settledAt: Int64
    ) {
        self.key = key
        self.statement = statement
        self.settlementTransaction = settlementTransaction
        self.credits = credits
        self.microUSDC = microUSDC
        self.settledAt = settledAt
    }
}
