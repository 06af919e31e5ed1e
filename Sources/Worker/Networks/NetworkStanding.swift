import Operations
import WorkerProtocol

/// What a network thinks of this worker, as it said last.
struct NetworkStanding: Sendable, Equatable {
    /// Whether jobs for a model come here and, if not, why not; the words of the protocol's `Verdict`.
    enum Verdict: String, Sendable {
        case eligible
        case noDemand = "no_demand"
        case othersPreferred = "others_preferred"
        case setAside = "set_aside"
        case notInCatalogue = "not_in_catalogue"
        case noFreeSlots = "no_free_slots"
        case unhealthy
        case paused
        case lacksFeatures = "lacks_features"
        case networkDraining = "network_draining"
        /// From a newer network; its sentence says what it means.
        case unknown
    }

    struct Model: Sendable, Equatable {
        var id: String
        var verdict: Verdict
        /// The network's own sentence.
        var message: String
        /// In thousandths, this worker's and the best.
        var score: Int
        var bestScore: Int
        /// Live workers that host the model, this one counted.
        var workers: Int
        /// Of the last hour, in the whole network and here.
        var jobsLastHour: Int
        var jobsHereLastHour: Int
        /// That wait for a slot now.
        var jobsWaiting: Int
    }

    /// What the score is made of, each from 0 to 1000.
    struct ScoreParts: Sendable, Equatable {
        var completion: Int
        var timeToFirstToken: Int
        var proof: Int
        var uptime: Int
    }

    struct SetAside: Sendable, Equatable {
        /// Unix milliseconds by this machine's clock.
        var untilMilliseconds: Int64
        var reason: String
    }

    var models: [Model]
    var parts: ScoreParts
    var setAside: SetAside?
    /// Unix milliseconds by this machine's clock.
    var receivedAtMilliseconds: Int64

    subscript(model: String) -> Model? { models.first { $0.id == model } }

    /// Whether the network gives this worker no jobs at a time because too many failed.
    func isSetAside(atMilliseconds now: Int64) -> Bool {
        setAside.map { $0.untilMilliseconds > now } ?? false
    }
}

extension NetworkStanding {
    /// Takes the network's message; texts are cut and made harmless, because people read them in a terminal.
    ///
    /// - Parameters:
    ///   - wire: As it came.
    ///   - now: Unix milliseconds by this machine's clock.
    ///   - offset: How far this machine's clock is behind the network's, in milliseconds.
    init(_ wire: WireStanding, receivedAt now: Int64, clockOffset offset: Int64) {
        self.init(
            models: wire.models.prefix(SessionLimits.announcedModels).map(Model.init),
            parts: ScoreParts(
                completion: Int(wire.parts.completion),
                timeToFirstToken: Int(wire.parts.timeToFirstToken),
                proof: Int(wire.parts.proof),
                uptime: Int(wire.parts.uptime)
            ),
            setAside: wire.setAsideUntilMs > 0
                ? SetAside(
                    untilMilliseconds: wire.setAsideUntilMs.subtractingReportingOverflow(offset).partialValue,
                    reason: Self.line(wire.setAsideReason)
                ) : nil,
            receivedAtMilliseconds: now
        )
    }

    fileprivate static func line(_ text: String) -> String { SafeText.line(text.prefix(500)) }
}

extension NetworkStanding.Model {
    fileprivate init(_ wire: WireModelStanding) {
        self.init(
            id: NetworkStanding.line(wire.model),
            verdict: NetworkStanding.Verdict(wire.verdict),
            message: NetworkStanding.line(wire.message),
            score: Int(wire.score),
            bestScore: Int(wire.bestScore),
            workers: Int(wire.workers),
            jobsLastHour: Int(wire.jobsLastHour),
            jobsHereLastHour: Int(wire.jobsHereLastHour),
            jobsWaiting: Int(wire.jobsWaiting)
        )
    }
}

extension NetworkStanding.Verdict {
    init(_ wire: WireVerdict) {
        switch wire {
        case .eligible: self = .eligible
        case .noDemand: self = .noDemand
        case .othersPreferred: self = .othersPreferred
        case .setAside: self = .setAside
        case .notInCatalogue: self = .notInCatalogue
        case .noFreeSlots: self = .noFreeSlots
        case .unhealthy: self = .unhealthy
        case .paused: self = .paused
        case .lacksFeatures: self = .lacksFeatures
        case .networkDraining: self = .networkDraining
        case .unspecified, .UNRECOGNIZED: self = .unknown
        }
    }
}
