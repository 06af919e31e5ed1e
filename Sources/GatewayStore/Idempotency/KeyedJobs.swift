import InferenceAPI
import Signing

/// What idempotency keys mean that the disk may not know yet, as a value.
///
/// A key belongs to its job from the lock on, and in the same commit. A job that is refunded has cost nothing, so it
/// frees its key: the request may be made anew. All else is on disk, where ended jobs belong.
struct KeyedJobs: Sendable {
    /// A caller's key, which another wallet may have too.
    struct Key: Hashable, Sendable {
        var wallet: Address
        var sha256: Digest
    }

    /// What is known of a key.
    enum OnFind: Sendable, Equatable {
        case belongs(KeyedJob)
        /// It was freed, and the disk may not know.
        case free
        /// Only the disk knows.
        case lookUp
    }

    /// Jobs that are open, or whose end is not on disk.
    private var jobs: [Key: KeyedJob] = [:]
    private var keys: [JobID: Key] = [:]
    /// Keys whose job's refund is not on disk.
    private var freed: [Key: JobID] = [:]

    func find(_ key: Key) -> OnFind {
        if let job = jobs[key] { return .belongs(job) }
        return freed[key] == nil ? .lookUp : .free
    }

    /// Credits were locked for a job with a key that belongs to none.
    mutating func locked(_ job: KeyedJob, key: Key) {
        jobs[key] = job
        keys[job.jobID] = key
        freed[key] = nil
    }

    /// The refund of a job is decided.
    mutating func refunded(_ jobID: JobID) {
        guard let key = keys[jobID] else { return }
        jobs[key] = nil
        freed[key] = jobID
    }

    /// The end of a job is on disk, and what its key means with it.
    mutating func stored(_ jobID: JobID) {
        guard let key = keys.removeValue(forKey: jobID) else { return }
        // After a refund another job may have the key by now.
        if jobs[key]?.jobID == jobID { jobs[key] = nil }
        if freed[key] == jobID { freed[key] = nil }
    }
}
