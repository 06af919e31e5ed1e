import InferenceAPI
import Receipts

/// An offer that was checked: what the worker has agreed to do, and for what.
struct AcceptedOffer: Sendable {
    /// The caller's, which the gateway logs too.
    let requestID: String
    let offer: Offer
    /// The signed offer as it came; it is kept as evidence.
    let envelope: [UInt8]
    let request: InferenceRequest
    /// When the network gives the job up.
    let deadline: ContinuousClock.Instant
    /// A job of the network's own that this worker asked for: nothing is paid, and nothing is kept of it.
    var isSelfTest = false
}
