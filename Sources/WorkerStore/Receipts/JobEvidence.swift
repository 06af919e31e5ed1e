/// The signed evidence of a job, each the JSON text of a DSSE envelope.
package struct JobEvidence: Sendable, Equatable {
    package var key: JobKey
    package var state: ReceiptState
    /// Signed by the gateway: price, share and deadline.
    package var offer: [UInt8]
    /// Signed by this worker: digests, counts and times.
    package var receipt: [UInt8]
    /// Signed by the gateway: the charge and its division; nil until it accepts.
    package var statement: [UInt8]?
    /// Why the gateway refused the receipt.
    package var reason: String?
}
