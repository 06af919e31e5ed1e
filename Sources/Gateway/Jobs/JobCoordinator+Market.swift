import InferenceAPI
import Operations
import Synchronization

// What demand does: to prices, and to when a caller should come again.

extension JobCoordinator {
    /// Observes supply and demand, if it is time to.
    func observeMarket(at now: ContinuousClock.Instant) {
        guard market.isObservationDue(at: now) else { return }
        market.observe(hub.capacities, waiting: state.withLock { $0.waiting.counts }, at: now)
    }

    /// Every model of the catalogue as it is at this moment.
    var modelDetails: [ModelDetails] {
        let now = clock.nowMilliseconds
        let capacities = hub.capacities
        let waiting = state.withLock { $0.waiting.counts }
        return catalogue.all.map { model in
            var details = ModelDetails(
                model,
                price: market.price(of: model),
                aliases: catalogue.aliases(of: model.id, atMilliseconds: now),
                seedProviders: seeds.providers(of: model.id)
            )
            let capacity = capacities[model.id] ?? ModelCapacity()
            details.workers = capacity.workers
            details.slots = capacity.slots
            details.inFlight = capacity.busy
            details.waiting = waiting[model.id] ?? 0
            details.medianLatencyMS = latencies.median(of: model.id, atMilliseconds: now)
            return details
        }
    }

    /// The error of a job that nobody can take now.
    func retryable(_ unavailable: WorkerRegistry.Unavailable, model: String) -> APIError {
        switch unavailable {
        case .noWorkers:
            return .noWorkersAvailable(model: model, retryAfter: market.retryWithoutWorkers(model, at: .now))
        case .setAside(let until):
            let time = Duration.milliseconds(until - clock.nowMilliseconds)
            return .noWorkersAvailable(model: model, retryAfter: RetryEstimate.setAside(for: time))
        case .atCapacity:
            let waiting = state.withLock { $0.waiting.count(of: model) }
            return .networkAtCapacity(model: model, retryAfter: market.retryAtCapacity(model, waiting: waiting))
        case .unsupported(let feature):
            return .unsupported(feature, by: model)
        }
    }

    /// What a caller is told while the gateway ends; `nil` while it does not.
    var shuttingDown: APIError? {
        guard hub.isDraining else { return nil }
        let now = clock.nowMilliseconds
        let longest = state.withLock { Array($0.jobs.values) }.map { job in
            min(
                market.timeLeft(of: job.model.id, age: .milliseconds(now - job.createdAtMilliseconds)),
                .milliseconds(job.deadlineMilliseconds - now)
            )
        }
        return .shuttingDown(retryAfter: RetryEstimate.shuttingDown(longestJob: longest.max() ?? .zero))
    }
}
