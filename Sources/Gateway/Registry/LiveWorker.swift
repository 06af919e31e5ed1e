import Signing
import WorkerProtocol

/// A worker with a live session, as the registry sees it.
struct LiveWorker: Sendable {
    let address: Address
    let payoutAddress: Address
    let software: String
    /// Identifies the session; a reconnected worker has a new one.
    let sessionID: String
    let shareBasisPoints: Int
    let since: ContinuousClock.Instant
    var name = ""
    /// Why it takes no offers for now, by its own word; nil if it does.
    var pause: Pause?
    var isDraining = false
    var models: [String: HostedModel] = [:]

    /// What a worker says of its pause.
    struct Pause: Sendable, Equatable {
        enum Cause: String, Sendable {
            case `operator`
            case schedule
            case fault
            case unspecified
        }

        var cause: Cause
        /// For people; may be empty.
        var reason: String
    }

    /// One model on a worker.
    struct HostedModel: Sendable, Equatable {
        var slots: Int
        var contextWindow: Int
        var features: Set<Feature>
        var health: Health
        /// Why it is not healthy, for people.
        var reason: String
        /// Jobs of this network that hold a slot.
        var inFlight = 0
        /// Slots that the worker itself said were free, jobs of other networks counted.
        var announcedFree: Int

        enum Health: String, Sendable {
            case starting
            case healthy
            case unhealthy
            /// Stopped because nobody asked for it; starts with the next job.
            case unloaded
        }

        var takesJobs: Bool { health == .healthy || health == .unloaded }
        var hasFreeSlot: Bool { inFlight < slots }
        /// Jobs in flight for each slot: what the choice between two workers compares.
        var load: Double { slots == 0 ? 1 : Double(inFlight) / Double(slots) }
    }

    /// What a backend can do beyond chat completions in plain text.
    enum Feature: String, Sendable, Hashable {
        case tools
        case structuredOutput = "structured_output"
        case logprobs
        case completions
        case embeddings
    }

    /// Whether offers for the model may go to this worker at all.
    func offers(_ model: String) -> Bool {
        guard pause == nil, !isDraining, let hosted = models[model] else { return false }
        return hosted.takesJobs && hosted.slots > 0
    }

    /// Jobs of this network that hold a slot, of any model.
    var jobsInFlight: Int { models.values.reduce(0) { $0 + $1.inFlight } }

    /// Takes over what the worker says of its models; the slots in flight are this side's own count.
    mutating func announced(_ wire: [WireHostedModel]) {
        var next: [String: HostedModel] = [:]
        for model in wire {
            var hosted = HostedModel(model)
            hosted.inFlight = models[model.id]?.inFlight ?? 0
            next[model.id] = hosted
        }
        models = next
    }
}

extension LiveWorker.HostedModel {
    init(_ wire: WireHostedModel) {
        slots = Int(wire.slots)
        contextWindow = Int(wire.contextWindow)
        features = Set(wire.features.compactMap(LiveWorker.Feature.init))
        health = Health(wire.health)
        reason = wire.reason
        announcedFree = Int(wire.freeSlots)
    }
}

extension LiveWorker.HostedModel.Health {
    init(_ wire: WireModelHealth) {
        self =
            switch wire {
            case .healthy: .healthy
            case .unloaded: .unloaded
            case .starting: .starting
            case .unhealthy, .unspecified, .UNRECOGNIZED: .unhealthy
            }
    }
}

extension LiveWorker.Pause {
    /// - Returns: nil if the worker is not paused.
    init?(isPaused: Bool, _ cause: WirePauseCause, reason: String) {
        guard isPaused else { return nil }
        self.reason = reason
        self.cause =
            switch cause {
            case .operator: .operator
            case .schedule: .schedule
            case .fault: .fault
            case .unspecified, .UNRECOGNIZED: .unspecified
            }
    }
}

extension LiveWorker.Feature {
    init?(_ wire: WireFeature) {
        switch wire {
        case .tools: self = .tools
        case .structuredOutput: self = .structuredOutput
        case .logprobs: self = .logprobs
        case .completions: self = .completions
        case .embeddings: self = .embeddings
        case .unspecified, .UNRECOGNIZED: return nil
        }
    }
}
