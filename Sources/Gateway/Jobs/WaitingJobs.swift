import InferenceAPI

/// Jobs that wait for a slot, first come first served for each model, as a value.
struct WaitingJobs: Sendable {
    /// Jobs that wait at a time, over all models; a further one is told that the network is at capacity.
    let limit: Int
    private var queues: [String: [JobID]] = [:]
    private(set) var count = 0
    /// Models whose queue is gone through now, and whether something changed meanwhile.
    private var passes: [String: Bool] = [:]

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

    /// Begins to go through a model's queue.
    ///
    /// - Returns: False if somebody does already; that pass is then made again.
    mutating func beginPass(of model: String) -> Bool {
        guard passes[model] == nil else {
            passes[model] = true
            return false
        }
        passes[model] = false
        return true
    }

    /// Ends a pass, unless something changed while it was made.
    mutating func mustPassAgain(_ model: String) -> Bool {
        guard passes[model] == true else {
            passes[model] = nil
            return false
        }
        passes[model] = false
        return true
    }

    /// Takes the job at a place of the queue, counted from the one that has waited longest.
    mutating func take(at place: Int, model: String) -> JobID? {
        guard let queue = queues[model], place < queue.count else { return nil }
        let id = queue[place]
        remove(id, model: model)
        return id
    }

    /// Puts a job back to its place that was taken and found no slot after all.
    mutating func putBack(_ id: JobID, at place: Int, model: String) {
        // Jobs before it may have gone meanwhile.
        let end = queues[model]?.count ?? 0
        queues[model, default: []].insert(id, at: min(place, end))
        count += 1
    }

    /// Forgets a job that waits no longer.
    mutating func remove(_ id: JobID, model: String) {
        guard let place = queues[model]?.firstIndex(of: id) else { return }
        queues[model]?.remove(at: place)
        if queues[model]?.isEmpty == true { queues[model] = nil }
        count -= 1
    }

    /// Jobs that wait, by model.
    var counts: [String: Int] { queues.mapValues(\.count) }

    /// Jobs that wait for the model.
    func count(of model: String) -> Int { queues[model]?.count ?? 0 }
}
