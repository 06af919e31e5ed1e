/// Why a gateway does not pay for a receipt; the reasons are those of the worker protocol.
package struct ReceiptRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: String, Sendable, CaseIterable {
        /// The envelope, its payload or its signature does not hold.
        case invalidSignature = "invalid_signature"
        /// A field does not match the offer: job, network, worker, payout address, model or nonce.
        case offerMismatch = "offer_mismatch"
        /// `request_sha256` is not that of the caller's body.
        case requestMismatch = "request_mismatch"
        /// `output_sha256` or the finish reasons are not those of the deltas relayed.
        case outputMismatch = "output_mismatch"
        /// Times out of order, or more than 30 s from the gateway's.
        case times
        /// Counts that cannot be.
        case counts
        /// The job's lock was refunded before the receipt came.
        case jobLost = "job_lost"
        /// The gateway knows no such job of this worker.
        case unknownJob = "unknown_job"
    }

    package let reason: Reason
    /// A sentence for a person.
    package let message: String

    package init(reason: Reason, message: String) {
        self.reason = reason
        self.message = message
    }

    package var description: String { message }
}
