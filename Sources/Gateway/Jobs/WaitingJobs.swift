import InferenceAPI

/// Jobs that wait for a slot, first come first served for each model, as a value.
struct WaitingJobs: Sendable {
    /// Jobs that wait at a time, over all models; a further one is told that the network is at capacity.
    let limit: Int
    private var queues: [String: [JobID]] = [:]
    private(set) var count = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Puts a job at the end of its model's queue.
    ///
    /// - Returns: False if too many wait already.
    mutating func append(_ id: JobID, model: String) -> Bool {
        guard count < limit else { return false }
        queues[model, default: []].append(id)
        count += 1
        return true
    }

    /// Takes the job that has waited longest.
    mutating func takeFirst(model: String) -> JobID? {
        guard let id = queues[model]?.first else { return nil }
        remove(id, model: model)
        return id
    }

    /// Puts a job back that was taken and found no slot after all.
    mutating func putBack(_ id: JobID, model: String) {
        queues[model, default: []].insert(id, at: 0)
        count += 1
    }

    /// Forgets a job that waits no longer.
    mutating func remove(_ id: JobID, model: String) {
        guard let place = queues[model]?.firstIndex(of: id) else { return }
        queues[model]?.remove(at: place)
        if queues[model]?.isEmpty == true { queues[model] = nil }
        count -= 1
    }

    /// Whether a job waits for the model.
    func hasJob(for model: String) -> Bool { queues[model] != nil }
}
