import Operations

/// Why this worker gets work, or gets none, as `GET /v1/why` answers.
package struct WhyReport: Codable, Sendable, Equatable {
    /// What concerns one network, or one model.
    package struct Part: Codable, Sendable, Equatable {
        package var name: String
        /// The most important first; never empty.
        package var reasons: [WhyReason]
        package var lastHour: ActivityReport
        /// RFC 3339; `null`: none since the start.
        @OrNull package var lastOfferAt: String?

        private enum CodingKeys: String, CodingKey {
            case name, reasons
            case lastHour = "last_hour"
            case lastOfferAt = "last_offer_at"
        }
    }

    package var state: WorkerStatus.State
    /// The answer in one sentence: the first of `reasons`.
    package var answer: String
    /// Of the whole worker, its networks and models; the most important first, never empty.
    package var reasons: [WhyReason]
    package var networks: [Part]
    package var models: [Part]
    package var lastHour: ActivityReport
    /// RFC 3339; `null`: none since the start.
    @OrNull package var lastOfferAt: String?

    private enum CodingKeys: String, CodingKey {
        case state, answer, reasons, networks, models
        case lastHour = "last_hour"
        case lastOfferAt = "last_offer_at"
    }

    /// Explains a situation.
    init(_ situation: WorkerSituation) {
        let own = situation.ownReasons
        let networks = situation.networks.map { ($0, situation.reasons(of: $0)) }
        let models = situation.models.map { ($0, situation.reasons(of: $0)) }
        var all = own + situation.workingReason + networks.flatMap(\.1) + models.flatMap(\.1)
        all += situation.figureReasons()
        reasons = Self.sorted(all)
        state = WorkerReadiness(situation).state
        answer = reasons[0].message
        lastHour = ActivityReport(situation.activity.counts(at: situation.now))
        lastOfferAt = situation.time(of: situation.activity.lastOffer())
        self.networks = networks.map { network, found in
            let activity = situation.activity
            // Without an address there were no offers; `nil` would be those of all networks.
            let counts = network.gateway.map { activity.counts(network: $0, at: situation.now) }
            let last = network.gateway.flatMap { activity.lastOffer(network: $0) }
            let verdicts = models.flatMap(\.1).filter { $0.network == network.name }
            return Part(
                name: network.name,
                reasons: Self.sorted(own + found + verdicts + situation.working(on: network)),
                lastHour: ActivityReport(counts ?? ActivityCounts()),
                lastOfferAt: situation.time(of: last)
            )
        }
        self.models = models.map { model, found in
            let id = model.section.id
            let unreachable = networks.flatMap(\.1)
            return Part(
                name: id,
                reasons: Self.sorted(
                    own + found + unreachable + situation.working(with: model) + situation.figureReasons(model: id)
                ),
                lastHour: ActivityReport(situation.activity.counts(model: id, at: situation.now)),
                lastOfferAt: situation.time(of: situation.activity.lastOffer(model: id))
            )
        }
    }

    /// The most important first; those of equal importance stay in their order.
    private static func sorted(_ reasons: [WhyReason]) -> [WhyReason] {
        // The network may not have heard the latest, and this worker knows of nothing.
        guard !reasons.isEmpty else { return [WhyReason(.eligible, "nothing that is known here keeps jobs away")] }
        return reasons.enumerated()
            .sorted { ($0.element.code, $0.offset) < ($1.element.code, $1.offset) }
            .map(\.element)
    }
}

extension WorkerSituation {
    /// An instant of the past as RFC 3339 by this machine's clock.
    fileprivate func time(of instant: ContinuousClock.Instant?) -> String? {
        instant.map { RFC3339.shortText(milliseconds: nowMilliseconds - (now - $0).nanoseconds / 1_000_000) }
    }
}
