import InferenceAPI

/// What API keys with a spending cap have spent and hold, as a value.
///
/// Like a balance it is decided in memory: a cap holds however many requests of its key come at once.
struct KeyBudgets: Sendable {
    private struct Hold: Sendable {
        var keyID: String
        var credits: Int
    }

    /// Credits charged to a key's jobs, and held for those that have not ended.
    private var used: [String: Int]
    private var holds: [JobID: Hold] = [:]

    /// Begins with what each key has spent on jobs that have ended.
    init(spent: [String: Int] = [:]) {
        used = spent
    }

    /// Credits that a key may still hold under its cap.
    func left(of keyID: String, cap: Int) -> Int { max(0, cap - used[keyID, default: 0]) }

    /// Holds the credits of a job.
    ///
    /// - Throws: `spendingCapReached`; nothing is held then.
    mutating func hold(_ credits: Int, for jobID: JobID, keyID: String, cap: Int) throws(LedgerError) {
        guard credits <= left(of: keyID, cap: cap) else {
            throw LedgerError(
                .spendingCapReached(cap: cap),
                "\(keyID) has \(left(of: keyID, cap: cap)) of \(cap) credits left, and the job needs \(credits)"
            )
        }
        used[keyID, default: 0] += credits
        holds[jobID] = Hold(keyID: keyID, credits: credits)
    }

    /// A job has ended; what was held and not charged is free again.
    mutating func ended(_ jobID: JobID, charged: Int) {
        guard let hold = holds.removeValue(forKey: jobID) else { return }
        used[hold.keyID, default: 0] -= hold.credits - charged
    }
}
