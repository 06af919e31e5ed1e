import StrictJSON

/// The `decentral` object of an answer: what only this network knows about it.
package struct DecentralObject: Sendable, Equatable {
    package var jobID: String
    /// The address of the worker that did the job.
    package var worker: String
    package var creditsCharged: Int
    /// The digest of the worker's receipt: `sha256:` and 64 hex digits.
    package var proofHash: String

    package init(jobID: String, worker: String, creditsCharged: Int, proofHash: String) {
        self.jobID = jobID
        self.worker = worker
        self.creditsCharged = creditsCharged
        self.proofHash = proofHash
    }

    /// Appends `{"job_id","worker","credits_charged","proof_hash"}`.
    func append(to out: inout [UInt8]) {
        JSONText.append("{\"job_id\":", to: &out)
        JSONText.appendString(jobID, to: &out)
        JSONText.append(",\"worker\":", to: &out)
        JSONText.appendString(worker, to: &out)
        JSONText.append(",\"credits_charged\":", to: &out)
        JSONText.appendInteger(creditsCharged, to: &out)
        JSONText.append(",\"proof_hash\":", to: &out)
        JSONText.appendString(proofHash, to: &out)
        JSONText.append("}", to: &out)
    }
}
