import Signing
import WorkerProtocol

/// The live workers and their slots, as a value.
///
/// Slots are counted here, not taken from heartbeats, which are seconds old: a slot is reserved before the offer leaves
/// and given back when the attempt ends.
struct WorkerRegistry: Sendable {
    private(set) var workers: [Address: LiveWorker] = [:]
    /// Addresses of the workers that announce a model, so that dispatch does not walk all workers.
    private var hosts: [String: Set<Address>] = [:]

    /// Why no worker was reserved.
    enum Unavailable: Error, Equatable {
        /// No live worker hosts the model, or none that is left to ask.
        case noWorkers
        /// Every worker that could is busy.
        case atCapacity
        /// Workers host it, but none can do what the request needs.
        case unsupported(LiveWorker.Feature)
    }

    /// Puts a worker in; a session of the same worker that was there before is returned.
    mutating func joined(_ worker: LiveWorker) -> LiveWorker? {
        let former = workers.updateValue(worker, forKey: worker.address)
        if let former { forget(former) }
        return former
    }

    /// Takes the worker out, unless another session of it has taken over.
    mutating func left(_ address: Address, sessionID: String) {
        guard let worker = workers[address], worker.sessionID == sessionID else { return }
        workers[address] = nil
        forget(worker)
    }

    mutating func announced(_ announce: WireAnnounce, by address: Address, sessionID: String) {
        update(address, sessionID: sessionID) { worker in
            worker.name = announce.name
            worker.isPaused = announce.paused
            worker.announced(announce.models)
        }
    }

    mutating func heartbeat(_ heartbeat: WireWorkerHeartbeat, by address: Address, sessionID: String) {
        update(address, sessionID: sessionID) { worker in
            worker.isPaused = heartbeat.paused
            worker.announced(heartbeat.models)
        }
    }

    mutating func draining(_ address: Address, sessionID: String) {
        update(address, sessionID: sessionID) { $0.isDraining = true }
    }

    private mutating func update(_ address: Address, sessionID: String, _ change: (inout LiveWorker) -> Void) {
        guard var worker = workers[address], worker.sessionID == sessionID else { return }
        let before = Set(worker.models.keys)
        change(&worker)
        workers[address] = worker
        let after = Set(worker.models.keys)
        for gone in before.subtracting(after) { dropHost(of: gone, address) }
        for new in after.subtracting(before) { hosts[new, default: []].insert(address) }
    }

    private mutating func forget(_ worker: LiveWorker) {
        for model in worker.models.keys { dropHost(of: model, worker.address) }
    }

    private mutating func dropHost(of model: String, _ address: Address) {
        hosts[model]?.remove(address)
        if hosts[model]?.isEmpty == true { hosts[model] = nil }
    }

    // MARK: Slots

    /// Picks a worker for a job and reserves a slot on it.
    ///
    /// Of two candidates drawn at random the less loaded is taken: nearly as even as asking all, without sending
    /// every job to the same best one.
    ///
    /// `needs` is what the backend must be able to do; `excluded` are workers that were asked before.
    ///
    /// - Returns: The worker, one slot of which is now held.
    /// - Throws: ``Unavailable``.
    mutating func reserve(
        _ model: String,
        needs: Set<LiveWorker.Feature>,
        excluding excluded: Set<Address>,
        using random: inout some RandomNumberGenerator
    ) throws(Unavailable) -> LiveWorker {
        var candidates: [Address] = []
        var hostsModel = false
        var canDo = false
        var missing: LiveWorker.Feature?
        for address in hosts[model] ?? [] {
            guard !excluded.contains(address), let worker = workers[address], worker.offers(model),
                let hosted = worker.models[model]
            else { continue }
            hostsModel = true
            if let lacking = needs.subtracting(hosted.features).first {
                missing = lacking
                continue
            }
            canDo = true
            if hosted.hasFreeSlot { candidates.append(address) }
        }
        guard hostsModel else { throw .noWorkers }
        if let missing, !canDo { throw .unsupported(missing) }
        guard let first = candidates.randomElement(using: &random),
            let second = candidates.randomElement(using: &random)
        else { throw .atCapacity }
        let chosen = load(of: first, model) <= load(of: second, model) ? first : second
        workers[chosen]?.models[model]?.inFlight += 1
        guard let worker = workers[chosen] else { throw .noWorkers }
        return worker
    }

    private func load(of address: Address, _ model: String) -> Double {
        workers[address]?.models[model]?.load ?? 1
    }

    /// Gives a slot back; a worker that reconnected meanwhile has a new count, which this session's jobs are not in.
    mutating func release(_ model: String, on address: Address, sessionID: String) {
        guard workers[address]?.sessionID == sessionID, let inFlight = workers[address]?.models[model]?.inFlight,
            inFlight > 0
        else { return }
        workers[address]?.models[model]?.inFlight = inFlight - 1
    }

    /// Counts a job that a worker brought along from an earlier session.
    mutating func resumed(_ model: String, on address: Address, sessionID: String) {
        guard workers[address]?.sessionID == sessionID else { return }
        workers[address]?.models[model]?.inFlight += 1
    }

    // MARK: Reading

    /// How many workers take offers for the model now.
    func activeWorkers(for model: String) -> Int {
        (hosts[model] ?? []).count { workers[$0]?.offers(model) == true }
    }

    /// Every model that at least one worker takes offers for.
    var activeModels: Set<String> {
        Set(hosts.keys.filter { activeWorkers(for: $0) > 0 })
    }
}
