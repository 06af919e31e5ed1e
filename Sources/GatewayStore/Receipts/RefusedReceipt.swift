package import InferenceAPI
package import Signing

/// A receipt that the gateway refuses.
package struct RefusedReceipt: Sendable {
    package var jobID: JobID
    package var worker: Address
    /// The typed reason, such as `output_mismatch`.
    package var reason: String
    /// A sentence for the worker's operator.
    package var message: String
    /// The receipt as it came, if it is an envelope at all; evidence.
    package var receipt: [UInt8]?
    /// Unix milliseconds.
    package var at: Int64

    package init(jobID: JobID, worker: Address, reason: String, message: String, receipt: [UInt8]?, at: Int64) {
        self.jobID = jobID
        self.worker = worker
        self.reason = reason
        self.message = message
        self.receipt = receipt
        self.at = at
    }
}
