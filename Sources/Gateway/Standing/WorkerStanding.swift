import WorkerProtocol

/// What the network thinks of one worker at one moment, as a value.
struct WorkerStanding: Sendable {
    let worker: LiveWorker
    let moment: NetworkMoment
    let catalogue: ModelCatalogue
    /// Jobs that wait for a slot, by model.
    let waiting: [String: Int]

    var wire: WireStanding {
        let reputation = moment.reputation.workers[worker.address]
        let parts = moment.reputation.parts(
            of: worker.address,
            models: Set(worker.models.keys),
            at: moment.now
        )
        return .make {
            $0.models = worker.models.sorted { $0.key < $1.key }.map { standing(of: $0.key, $0.value) }
            $0.parts = WireScoreParts(parts)
            if case .setAside(let until) = moment.reputation.verdict(on: worker.address, at: moment.now) {
                $0.setAsideUntilMs = until
                $0.setAsideReason = reputation?.breaker.reason ?? ""
            }
            let offers = reputation?.offersOfHour.values.reduce(0) { $0 + $1.count(at: moment.now) } ?? 0
            $0.offersLastHour = UInt32(clamping: offers)
            $0.refusalsLastHour = UInt32(clamping: reputation?.refusalsOfHour.count(at: moment.now) ?? 0)
            $0.failuresLastHour = UInt32(clamping: reputation?.failuresOfHour.count(at: moment.now) ?? 0)
            $0.settledLastHour = UInt32(clamping: reputation?.settledOfHour.count(at: moment.now) ?? 0)
        }
    }

    private func standing(of model: String, _ hosted: LiveWorker.HostedModel) -> WireModelStanding {
        let verdict = ModelVerdict(of: model, hosted, self)
        return .make {
            $0.model = model
            $0.verdict = verdict.verdict
            $0.message = verdict.message
            $0.score = UInt32(thousandths: moment.reputation.score(of: worker.address, for: model))
            $0.bestScore = UInt32(thousandths: moment.reputation.bestScores[model] ?? 0)
            $0.workers = UInt32(clamping: moment.registry.hostCount(of: model))
            $0.jobsLastHour = UInt32(clamping: jobsOfHour(model))
            $0.jobsHereLastHour = UInt32(clamping: jobsHereOfHour(model))
            $0.jobsWaiting = UInt32(clamping: waiting[model] ?? 0)
        }
    }

    /// Jobs of the model that callers asked for in the last hour, those that nobody took included.
    func jobsOfHour(_ model: String) -> Int {
        moment.reputation.models[model]?.asked.count(at: moment.now) ?? 0
    }

    /// Of those, the ones that were offered to this worker.
    func jobsHereOfHour(_ model: String) -> Int {
        moment.reputation.workers[worker.address]?.offersOfHour[model]?.count(at: moment.now) ?? 0
    }
}

extension WireScoreParts {
    init(_ parts: ScoreParts) {
        self.init()
        completion = UInt32(thousandths: parts.completion)
        timeToFirstToken = UInt32(thousandths: parts.timeToFirstToken)
        proof = UInt32(thousandths: parts.proof)
        uptime = UInt32(thousandths: parts.uptime)
    }
}

extension UInt32 {
    /// A score or a part of one as the protocol and people see it: 0 to 1000.
    init(thousandths score: Double) {
        self = UInt32(Swift.min(Swift.max(score, 0), 1) * 1_000 + 0.5)
    }
}
