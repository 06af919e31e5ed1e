package import InferenceAPI

/// A job that ends without a receipt.
package struct JobRefund: Sendable {
    /// How the API shows it.
    package enum Status: String, Sendable {
        /// It failed, or its proof was refused.
        case failed
        /// There was no proof in time.
        case refunded
        /// The caller hung up before the first token.
        case cancelled
    }

    package var jobID: JobID
    package var status: Status
    /// One of the API's error codes, or `gateway_restarted`.
    package var errorCode: String
    /// A sentence for the caller; never a prompt or an output.
    package var message: String
    /// Unix milliseconds.
    package var at: Int64

    package init(jobID: JobID, status: Status, errorCode: String, message: String, at: Int64) {
        self.jobID = jobID
        self.status = status
        self.errorCode = errorCode
        self.message = message
        self.at = at
    }
}
