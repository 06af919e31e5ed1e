/// What is known of a job when the worker accepts it.
package struct StartedJob: Sendable, Equatable {
    package var key: JobKey
    package var model: String
    /// The backend's name in the configuration.
    package var backend: String
    /// The caller's request id, which the gateway logs too.
    package var requestID: String
    package var creditsLocked: Int
    /// The worker's share of the charge, in basis points.
    package var shareBasisPoints: Int
    /// Signature of the escrow lock, base58.
    package var escrowTransaction: String
    /// Unix milliseconds in the network's time.
    package var acceptedAt: Int64

    package init(
        key: JobKey,
        model: String,
        backend: String,
        requestID: String,
        creditsLocked: Int,
        shareBasisPoints: Int,
        escrowTransaction: String,
        acceptedAt: Int64
    ) {
        self.key = key
        self.model = model
        self.backend = backend
        self.requestID = requestID
        self.creditsLocked = creditsLocked
        self.shareBasisPoints = shareBasisPoints
        self.escrowTransaction = escrowTransaction
        self.acceptedAt = acceptedAt
    }
}
