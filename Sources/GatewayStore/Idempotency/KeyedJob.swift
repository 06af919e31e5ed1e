package import InferenceAPI
package import Signing

/// The job that an idempotency key belongs to.
package struct KeyedJob: Sendable, Equatable {
    package var jobID: JobID
    /// Digest of the route and body that it was made for.
    package var requestSHA256: Digest
}
