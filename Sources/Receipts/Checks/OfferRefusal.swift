/// Why a worker does not take an offer.
package struct OfferRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: String, Sendable, CaseIterable {
        /// The envelope, its payload or its signature does not hold.
        case invalidSignature
        /// It is for another job, worker or payout address than this session's.
        case sessionMismatch
        /// `request_sha256` is not that of the body.
        case requestMismatch
        /// Share, choices, lock or deadline are not what was agreed or can be.
        case termsMismatch
        /// The worker does not host the model.
        case modelUnavailable
        /// The deadline has passed.
        case deadlinePassed
    }

    package let reason: Reason
    /// A sentence for a person.
    package let message: String

    package var description: String { message }
}
