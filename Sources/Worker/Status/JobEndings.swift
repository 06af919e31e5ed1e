/// What the codes of jobs without pay mean, for people.
package enum JobEndings {
    /// A half sentence that explains a job's `error_code`, where the word alone does not; `nil` if there is none.
    package static func explanation(of code: String) -> String? {
        switch code {
        case "job_lost": "the session was down for too long or the deadline passed, and the caller was refunded"
        case "unknown_job": "the network does not know the job"
        case "output_mismatch": "the network relayed other output than this worker signed for"
        case "request_mismatch": "the request was changed on its way"
        case "offer_mismatch": "the receipt is not for what was offered"
        case "invalid_signature": "the network could not verify the receipt"
        case "invalid_statement": "the network's statement does not hold: it may be cheating"
        case "times": "the clocks differ by more than 30 s: check time synchronisation on this machine"
        case "counts": "the network does not believe the number of tokens"
        case "worker_restarted": "the worker stopped while the job ran"
        default: nil
        }
    }
}

extension [String: Int] {
    /// The entry with the highest count; of equals the first by name.
    var mostFrequent: (reason: String, count: Int)? {
        self.min { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }
}
