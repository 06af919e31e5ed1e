import Backends
import Signing
import WorkerProtocol

/// The models that this worker hosts: how each is, and which of its slots are taken.
///
/// One table for all networks, so that a slot is never promised twice.
struct ModelTable: Sendable {
    /// One hosted model.
    struct Entry: Sendable {
        var section: ModelSection
        /// As its backend answered last.
        var health: BackendHealth.State
        /// Why it is not healthy, for people; empty when it is.
        var reason: String
        /// What its backend reported of its capacity.
        var reported = Reported()
        /// Jobs of all networks whose backend work is under way.
        var inFlight = 0
        /// The tokens that those may come to.
        var tokensInFlight = 0
        var shares = SlotShares()

        init(_ section: ModelSection) {
            self.section = section
            health = .starting
            reason = "its backend was not asked yet"
        }

        /// Negative while more jobs run than a configuration that was changed since allows.
        var freeSlots: Int { section.maxConcurrentJobs - inFlight }
        /// Tokens that all running jobs may hold together; `nil`: any number.
        var tokenBudget: Int? { section.tokenBudget ?? reported.tokens }
    }

    /// What a backend says that it can hold, where it says it.
    struct Reported: Sendable, Equatable {
        /// Tokens of one job.
        var contextWindow: Int?
        /// Tokens of all its slots.
        var tokens: Int?
    }

    /// In the order of the configuration.
    private(set) var entries: [Entry]
    private var places: [String: Int]
    /// Models that the configuration has no more, until their last jobs are done.
    private var leaving: [String: Entry] = [:]
    /// Jobs at once over all models; `nil`: as many as the models' slots.
    private(set) var totalSlots: Int?
    private var totalShares = SlotShares()

    init(_ sections: [ModelSection], totalSlots: Int? = nil) {
        entries = []
        places = [:]
        configure(sections, totalSlots: totalSlots)
    }

    /// Takes over what the configuration says; jobs that run keep their slots.
    ///
    /// A model whose backend is another than before is starting until that one was asked.
    mutating func configure(_ sections: [ModelSection], totalSlots: Int?) {
        var known = leaving
        for entry in entries { known[entry.section.id] = entry }
        entries = sections.map { section in
            guard var entry = known.removeValue(forKey: section.id) else { return Entry(section) }
            if entry.section.backend != section.backend {
                let fresh = Entry(section)
                (entry.health, entry.reason, entry.reported) = (fresh.health, fresh.reason, fresh.reported)
            }
            entry.section = section
            return entry
        }
        leaving = known.filter { $0.value.inFlight > 0 }
        places = Dictionary(uniqueKeysWithValues: sections.enumerated().map { ($1.id, $0) })
        self.totalSlots = totalSlots
    }

    subscript(model: String) -> Entry? { places[model].map { entries[$0] } }

    // MARK: Slots

    /// Takes a slot for a job; give it back with ``release(_:)``.
    ///
    /// - Throws: A refusal that tells the network why there is none.
    mutating func reserve(_ job: JobSize, at now: ContinuousClock.Instant) throws(JobRefusal) {
        guard let place = places[job.model] else {
            throw JobRefusal(.modelUnavailable, "this worker does not host the model")
        }
        let entry = entries[place]
        guard entry.health.takesJobs else { throw JobRefusal(.backendUnhealthy, entry.reason) }
        if let budget = entry.section.tokenBudget, job.tokens > budget {
            throw JobRefusal(.tooLarge, "the job may come to \(job.tokens) tokens, of \(budget) for all jobs")
        }
        guard entry.shares.mayTake(job.network, free: entry.freeSlots, at: now) else {
            entries[place].shares.refused(job.network, at: now)
            throw Self.noSlot(of: entry.section.maxConcurrentJobs, free: entry.freeSlots, "of the model")
        }
        if let totalSlots, !totalShares.mayTake(job.network, free: totalSlots - jobsInFlight, at: now) {
            totalShares.refused(job.network, at: now)
            throw Self.noSlot(of: totalSlots, free: totalSlots - jobsInFlight, "of the worker")
        }
        // A job that is alone is left to the backend, which may take its choices one after the other.
        if let budget = entry.tokenBudget, entry.inFlight > 0, entry.tokensInFlight + job.tokens > budget {
            throw JobRefusal(
                .atCapacity,
                "running jobs may come to \(entry.tokensInFlight) tokens and this one to \(job.tokens), of \(budget)"
            )
        }
        entries[place].inFlight += 1
        entries[place].tokensInFlight += job.tokens
        entries[place].shares.taken(by: job.network)
        totalShares.taken(by: job.network)
    }

    private static func noSlot(of slots: Int, free: Int, _ whose: String) -> JobRefusal {
        guard free > 0 else { return JobRefusal(.atCapacity, "all \(slots) slots \(whose) are taken") }
        return JobRefusal(.atCapacity, "the last free slots \(whose) are kept for a network that was refused one")
    }

    /// Gives a slot back.
    mutating func release(_ job: JobSize) {
        totalShares.released(by: job.network)
        if let place = places[job.model] { return entries[place].release(job) }
        leaving[job.model]?.release(job)
        if leaving[job.model]?.inFlight == 0 { leaving[job.model] = nil }
    }

    var jobsInFlight: Int {
        entries.reduce(0) { $0 + $1.inFlight } + leaving.values.reduce(0) { $0 + $1.inFlight }
    }

    // MARK: Health

    /// Takes over how a backend is.
    ///
    /// - Returns: The models whose state or reason changed.
    mutating func probed(_ backend: String, _ health: BackendHealth) -> [String] {
        var changed: [String] = []
        for place in entries.indices where entries[place].section.backend == backend {
            let entry = entries[place]
            entries[place].reported = Reported(health, of: entry.section.upstreamModel)
            guard entry.health != health.state || entry.reason != health.reason else { continue }
            entries[place].health = health.state
            entries[place].reason = health.reason
            changed.append(entry.section.id)
        }
        return changed
    }

    // MARK: The wire

    /// What `Announce` and `WorkerHeartbeat` say of the models.
    var wire: [WireHostedModel] {
        let freeInAll = totalSlots.map { $0 - jobsInFlight } ?? .max
        return entries.map { entry in
            .make {
                $0.id = entry.section.id
                $0.slots = UInt32(clamping: min(entry.section.maxConcurrentJobs, totalSlots ?? .max))
                $0.freeSlots = UInt32(clamping: max(0, min(entry.freeSlots, freeInAll)))
                $0.contextWindow = UInt32(clamping: entry.section.contextWindow)
                $0.features = entry.section.features.map(WireFeature.init).sorted { $0.rawValue < $1.rawValue }
                $0.health = WireModelHealth(entry.health)
                // A longer text breaks the protocol.
                $0.reason = String(decoding: entry.reason.utf8.prefix(SessionLimits.textBytes / 2), as: UTF8.self)
            }
        }
    }
}

extension ModelTable.Entry {
    fileprivate mutating func release(_ job: JobSize) {
        precondition(inFlight > 0, "a slot of \(job.model) was released twice")
        inFlight -= 1
        tokensInFlight -= job.tokens
        shares.released(by: job.network)
    }
}

extension ModelTable.Reported {
    init(_ health: BackendHealth, of model: String) {
        contextWindow = health.contextWindow(of: model)
        guard let slots = health.slots, let window = health.contextWindow else { return }
        let (tokens, overflow) = slots.multipliedReportingOverflow(by: window)
        self.tokens = overflow ? nil : tokens
    }
}

extension WireFeature {
    init(_ feature: ModelSection.Feature) {
        switch feature {
        case .tools: self = .tools
        case .structuredOutput: self = .structuredOutput
        case .logprobs: self = .logprobs
        case .completions: self = .completions
        case .embeddings: self = .embeddings
        }
    }
}

extension WireModelHealth {
    init(_ state: BackendHealth.State) {
        switch state {
        case .healthy: self = .healthy
        case .starting: self = .starting
        case .unloaded: self = .unloaded
        case .unhealthy: self = .unhealthy
        }
    }
}

extension BackendHealth.State {
    /// Whether a job may be sent: at once, or because the backend starts with it.
    var takesJobs: Bool { self == .healthy || self == .unloaded }
}
