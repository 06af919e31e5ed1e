/// Why a worker does not count itself paid by a statement.
package struct StatementRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: String, Sendable, CaseIterable {
        /// The envelope, its payload or its signature does not hold.
        case invalidSignature = "invalid_signature"
        /// It is no settlement, or that of another job, worker, payout address or lock.
        case jobMismatch = "job_mismatch"
        /// `proof_hash` is not the digest of the worker's receipt.
        case proofMismatch = "proof_mismatch"
        /// The amounts are not those that the offer's prices and the receipt's count give.
        case amounts
    }

    package let reason: Reason
    /// A sentence for a person.
    package let message: String

    package var description: String { message }
}
