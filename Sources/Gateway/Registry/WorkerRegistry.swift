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
        /// Every worker that could was set aside for its failures; the first is back at this time, Unix milliseconds.
        case setAside(until: Int64)
        /// Workers host it, but none can do what the request needs.
        case unsupported(LiveWorker.Feature)
    }

    /// Puts a worker in; a session of the same worker that was there before is returned.
    mutating func joined(_ worker: LiveWorker) -> LiveWorker? {
        let former = workers.updateValue(worker, forKey: worker.address)
        if let former { forget(former) }
        return former
    }

    /// Takes the worker out.
    ///
    /// - Returns: False if another session of it has taken over.
    mutating func left(_ address: Address, sessionID: String) -> Bool {
        guard let worker = workers[address], worker.sessionID == sessionID else { return false }
        workers[address] = nil
        forget(worker)
        return true
    }

    mutating func announced(_ announce: WireAnnounce, by address: Address, sessionID: String) {
        update(address, sessionID: sessionID) { worker in
            worker.name = announce.name
            worker.pause = .init(
                isPaused: announce.paused,
                announce.pauseCause,
                reason: announce.pauseReason
            )
            worker.announced(announce.models)
        }
    }

    mutating func heartbeat(_ heartbeat: WireWorkerHeartbeat, by address: Address, sessionID: String) {
        update(address, sessionID: sessionID) { worker in
            worker.pause = .init(
                isPaused: heartbeat.paused,
                heartbeat.pauseCause,
                reason: heartbeat.pauseReason
            )
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
    /// Two candidates are drawn at random, and the one whose score times its free part is higher gets the job: nearly as
    /// good as asking all, without sending every job to the same best one. The same may be drawn twice, which is how a
    /// worker with the lowest score gets jobs to do better. Workers that must load the model first come when nobody who
    /// has it loaded is free; one on trial after a back-off has one job at a time.
    ///
    /// - Parameters:
    ///   - model: The network's id.
    ///   - needs: What the backend must be able to do.
    ///   - excluded: Workers that were asked before.
    ///   - book: Scores, and who is set aside.
    ///   - now: Unix milliseconds.
    ///   - random: Draws the candidates.
    /// - Returns: The worker, one slot of which is now held.
    /// - Throws: ``Unavailable``.
    mutating func reserve(
        _ model: String,
        needs: Set<LiveWorker.Feature>,
        excluding excluded: Set<Address>,
        by book: ReputationBook,
        at now: Int64,
        using random: inout some RandomNumberGenerator
    ) throws(Unavailable) -> LiveWorker {
        let found = candidates(for: model, needs: needs, excluding: excluded, by: book, at: now)
        let candidates = found.loaded.isEmpty ? found.unloaded : found.loaded
        guard let first = candidates.randomElement(using: &random),
            let second = candidates.randomElement(using: &random)
        else { throw found.unavailable }
        let chosen = first.worth >= second.worth ? first : second
        workers[chosen.address]?.models[model]?.inFlight += 1
        guard let worker = workers[chosen.address] else { throw .noWorkers }
        return worker
    }

    /// Reserves a slot on one worker, whatever its score: for a test that its operator asked for.
    ///
    /// - Throws: ``Unavailable``.
    mutating func reserve(_ model: String, on address: Address) throws(Unavailable) -> LiveWorker {
        guard var worker = workers[address], worker.offers(model), let hosted = worker.models[model] else {
            throw .noWorkers
        }
        guard hosted.hasFreeSlot else { throw .atCapacity }
        worker.models[model]?.inFlight += 1
        workers[address] = worker
        return worker
    }

    /// Who could take a job, and else why nobody can.
    private struct Candidates {
        var loaded: [(address: Address, worth: Double)] = []
        var unloaded: [(address: Address, worth: Double)] = []
        var isBusy = false
        var setAsideUntil: Int64?
        var missing: LiveWorker.Feature?
        /// Whether a live worker could do it, if it took offers now.
        var isPossible = false

        var unavailable: Unavailable {
            if isBusy { return .atCapacity }
            if let setAsideUntil { return .setAside(until: setAsideUntil) }
            if !isPossible, let missing { return .unsupported(missing) }
            return .noWorkers
        }
    }

    private func candidates(
        for model: String,
        needs: Set<LiveWorker.Feature>,
        excluding excluded: Set<Address>,
        by book: ReputationBook,
        at now: Int64
    ) -> Candidates {
        var found = Candidates()
        for address in hosts[model] ?? [] {
            guard let worker = workers[address], let hosted = worker.models[model] else { continue }
            if needs.isSubset(of: hosted.features) { found.isPossible = true }
            guard !excluded.contains(address), worker.offers(model) else { continue }
            if let lacking = needs.subtracting(hosted.features).first {
                found.missing = lacking
                continue
            }
            switch book.verdict(on: address, at: now) {
            case .setAside(let until):
                found.setAsideUntil = min(until, found.setAsideUntil ?? until)
                continue
            case .onTrial where worker.jobsInFlight > 0:
                found.isBusy = true
                continue
            case .onTrial, .open:
                break
            }
            guard hosted.hasFreeSlot, !book.isPassedOver(address, for: model, at: now) else {
                found.isBusy = true
                continue
            }
            let candidate = (address: address, worth: book.score(of: address, for: model) * (1 - hosted.load))
            if hosted.health == .unloaded { found.unloaded.append(candidate) } else { found.loaded.append(candidate) }
        }
        return found
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

    /// What the workers that take offers can do for each model, if there are any.
    ///
    /// The book tells who is set aside at the time, in Unix milliseconds.
    func capacities(by book: ReputationBook, at now: Int64) -> [String: ModelCapacity] {
        var capacities: [String: ModelCapacity] = [:]
        for worker in workers.values {
            if case .setAside = book.verdict(on: worker.address, at: now) { continue }
            for (model, hosted) in worker.models where worker.offers(model) {
                capacities[model, default: ModelCapacity()].workers += 1
                capacities[model, default: ModelCapacity()].slots += hosted.slots
                capacities[model, default: ModelCapacity()].busy += hosted.inFlight
            }
        }
        return capacities
    }

    /// What each live worker announces, whatever its state.
    var announcedModels: [Address: Set<String>] { workers.mapValues { Set($0.models.keys) } }

    /// Live workers that announce the model, whatever their state.
    func hostCount(of model: String) -> Int { hosts[model]?.count ?? 0 }
}
