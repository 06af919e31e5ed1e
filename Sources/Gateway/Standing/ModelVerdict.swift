import WorkerProtocol

/// Whether jobs for a model come to a worker and, if not, why not and what its operator can do.
///
/// Sentences hold no time and no count, which stand beside them: they change only when there is something new to read.
struct ModelVerdict: Sendable, Equatable {
    let verdict: WireVerdict
    /// A sentence for the operator.
    let message: String

    private init(_ verdict: WireVerdict, _ message: String) {
        self.verdict = verdict
        self.message = message
    }

    /// The first reason that keeps jobs away, from what nobody but the network can change to what time alone does.
    init(of model: String, _ hosted: LiveWorker.HostedModel, _ standing: WorkerStanding) {
        self =
            Self.ofNetwork(model, standing) ?? Self.ofWorker(standing.worker, hosted)
            ?? Self.ofReputation(model, standing) ?? Self.ofSlots(model, hosted, standing)
            ?? Self.ofDemand(model, hosted, standing) ?? Self.eligible(hosted, standing)
    }

    private static func ofNetwork(_ model: String, _ standing: WorkerStanding) -> ModelVerdict? {
        if standing.moment.isDraining {
            return .init(.networkDraining, "The network's gateway is shutting down and takes no jobs; stay connected.")
        }
        guard standing.catalogue[model] == nil else { return nil }
        return .init(
            .notInCatalogue,
            "This network knows no model '\(model)': use an id of its catalogue, or ask its operator to add this one."
        )
    }

    private static func ofWorker(_ worker: LiveWorker, _ hosted: LiveWorker.HostedModel) -> ModelVerdict? {
        if worker.isDraining {
            return .init(.paused, "The worker drains: it takes no more jobs before it is restarted.")
        }
        if let pause = worker.pause {
            let reason = pause.reason.isEmpty ? "" : " (\(pause.reason))"
            let message =
                switch pause.cause {
                case .operator: "Its operator paused the worker\(reason); 'decentral-worker resume' ends it."
                case .schedule: "The worker is outside the hours of its [schedule]\(reason)."
                case .fault: "The worker found a fault of its own\(reason); 'decentral-worker doctor' says more."
                case .unspecified: "The worker says that it is paused\(reason)."
                }
            return .init(.paused, message)
        }
        let reason = hosted.reason.isEmpty ? "" : ": \(hosted.reason)"
        switch hosted.health {
        case .starting:
            return .init(.unhealthy, "The backend is starting\(reason); jobs come when it answers.")
        case .unhealthy:
            return .init(.unhealthy, "The worker announced the model as unhealthy\(reason); see to its backend.")
        case .healthy, .unloaded:
            return nil
        }
    }

    private static func ofReputation(_ model: String, _ standing: WorkerStanding) -> ModelVerdict? {
        let worker = standing.worker.address
        guard case .setAside = standing.moment.reputation.verdict(on: worker, at: standing.moment.now) else {
            return nil
        }
        let reason = standing.moment.reputation.workers[worker]?.breaker.reason ?? ""
        return .init(
            .setAside,
            "Its jobs failed in a row, the last one because \(reason). Mend that: after the time, one job is tried."
        )
    }

    private static func ofSlots(
        _ model: String,
        _ hosted: LiveWorker.HostedModel,
        _ standing: WorkerStanding
    ) -> ModelVerdict? {
        if hosted.slots == 0 {
            return .init(.noFreeSlots, "The worker announces no slots for the model: raise its max_concurrent_jobs.")
        }
        if !hosted.hasFreeSlot { return .init(.noFreeSlots, "Every slot of the model has a job.") }
        let isPassedOver = standing.moment.reputation.isPassedOver(
            standing.worker.address,
            for: model,
            at: standing.moment.now
        )
        guard isPassedOver else { return nil }
        return .init(
            .noFreeSlots,
            "The worker refused several offers in a row while it announced free slots, and gets none for some seconds."
        )
    }

    private static func ofDemand(
        _ model: String,
        _ hosted: LiveWorker.HostedModel,
        _ standing: WorkerStanding
    ) -> ModelVerdict? {
        guard standing.jobsOfHour(model) > 0 else {
            return .init(.noDemand, "Nobody asked for the model in the last hour; nothing is wrong here.")
        }
        guard standing.jobsHereOfHour(model) == 0 else { return nil }
        let record = standing.moment.reputation.models[model]
        if let feature = record?.featureNeeded(beyond: hosted.features, at: standing.moment.now) {
            return .init(
                .lacksFeatures,
                "Every job of the last hour needed '\(feature.rawValue)', which the worker does not announce for it."
            )
        }
        guard standing.moment.registry.hostCount(of: model) > 1 else { return nil }
        return .init(
            .othersPreferred,
            "The jobs of the last hour went to other workers. A faster first token and fewer failures raise the score."
        )
    }

    private static func eligible(_ hosted: LiveWorker.HostedModel, _ standing: WorkerStanding) -> ModelVerdict {
        let verdict = standing.moment.reputation.verdict(on: standing.worker.address, at: standing.moment.now)
        if verdict == .onTrial {
            return .init(.eligible, "Back after failures: one job at a time until one succeeds.")
        }
        guard hosted.health == .unloaded else { return .init(.eligible, "The next job may come here.") }
        return .init(
            .eligible,
            "The backend is stopped because nobody asked for it: jobs come when no worker that has the model loaded is free."
        )
    }
}
