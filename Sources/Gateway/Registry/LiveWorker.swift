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
    var isPaused = false
    var isDraining = false
    var models: [String: HostedModel] = [:]

    /// One model on a worker.
    struct HostedModel: Sendable, Equatable {
        var slots: Int
        var contextWindow: Int
        var features: Set<Feature>
        var isHealthy: Bool
        /// Why it is not healthy, for people.
        var reason: String
        /// Jobs of this network that hold a slot.
        var inFlight = 0
        /// Slots that the worker itself said were free, jobs of other networks counted.
        var announcedFree: Int

        var hasFreeSlot: Bool { inFlight < slots }
        /// Jobs in flight for each slot: what the choice between two workers compares.
        var load: Double { slots == 0 ? 1 : Double(inFlight) / Double(slots) }
    }

    /// What a backend can do beyond text.
    enum Feature: String, Sendable, Hashable {
        case tools
        case structuredOutput = "structured_output"
        case logprobs
    }

    /// Whether offers for the model may go to this worker at all.
    func offers(_ model: String) -> Bool {
        guard !isPaused, !isDraining, let hosted = models[model] else { return false }
        return hosted.isHealthy && hosted.slots > 0
    }

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
        isHealthy = wire.health == .healthy
        reason = wire.reason
        announcedFree = Int(wire.freeSlots)
    }
}

extension LiveWorker.Feature {
    init?(_ wire: WireFeature) {
        switch wire {
        case .tools: self = .tools
        case .structuredOutput: self = .structuredOutput
        case .logprobs: self = .logprobs
        case .unspecified, .UNRECOGNIZED: return nil
        }
    }
}
