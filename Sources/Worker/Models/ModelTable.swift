import Backends
import WorkerProtocol

/// The models that this worker hosts: how each is, and which of its slots are taken.
///
/// One table for all networks, so that a slot is never promised twice.
struct ModelTable: Sendable {
    /// One hosted model.
    struct Entry: Sendable {
        let section: ModelSection
        /// As its backend answered last.
        var health: BackendHealth.State
        /// Why it is not healthy, for people; empty when it is.
        var reason: String
        /// Jobs of all networks whose backend work is under way.
        var inFlight = 0

        var freeSlots: Int { section.maxConcurrentJobs - inFlight }
    }

    /// In the order of the configuration.
    private(set) var entries: [Entry]
    private let places: [String: Int]

    init(_ sections: [ModelSection]) {
        entries = sections.map { Entry(section: $0, health: .starting, reason: "its backend was not asked yet") }
        places = Dictionary(uniqueKeysWithValues: sections.enumerated().map { ($1.id, $0) })
    }

    subscript(model: String) -> Entry? { places[model].map { entries[$0] } }

    // MARK: Slots

    /// Takes a slot of a model; give it back with ``release(_:)``.
    ///
    /// - Throws: A refusal that tells the network why there is none.
    mutating func reserve(_ model: String) throws(JobRefusal) {
        guard let place = places[model] else {
            throw JobRefusal(.modelUnavailable, "this worker does not host the model")
        }
        guard entries[place].health.takesJobs else {
            throw JobRefusal(.backendUnhealthy, entries[place].reason)
        }
        guard entries[place].freeSlots > 0 else {
            throw JobRefusal(.atCapacity, "all \(entries[place].section.maxConcurrentJobs) slots are taken")
        }
        entries[place].inFlight += 1
    }

    /// Gives a slot back.
    mutating func release(_ model: String) {
        guard let place = places[model] else { return }
        precondition(entries[place].inFlight > 0, "a slot of \(model) was released twice")
        entries[place].inFlight -= 1
    }

    var jobsInFlight: Int { entries.reduce(0) { $0 + $1.inFlight } }

    // MARK: Health

    /// Takes over how a backend is.
    ///
    /// - Returns: The models whose state or reason changed.
    mutating func probed(_ backend: String, _ health: BackendHealth) -> [String] {
        var changed: [String] = []
        for place in entries.indices where entries[place].section.backend == backend {
            let entry = entries[place]
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
        entries.map { entry in
            .make {
                $0.id = entry.section.id
                $0.slots = UInt32(clamping: entry.section.maxConcurrentJobs)
                $0.freeSlots = UInt32(clamping: max(0, entry.freeSlots))
                $0.contextWindow = UInt32(clamping: entry.section.contextWindow)
                $0.features = entry.section.features.map(WireFeature.init).sorted { $0.rawValue < $1.rawValue }
                $0.health = WireModelHealth(entry.health)
                // A longer text breaks the protocol.
                $0.reason = String(decoding: entry.reason.utf8.prefix(SessionLimits.textBytes / 2), as: UTF8.self)
            }
        }
    }
}

extension WireFeature {
    init(_ feature: ModelSection.Feature) {
        switch feature {
        case .tools: self = .tools
        case .structuredOutput: self = .structuredOutput
        case .logprobs: self = .logprobs
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
