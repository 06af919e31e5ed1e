import Synchronization

/// What the gateway observes of supply and demand, model by model: the source of prices and of `Retry-After`.
///
/// In memory alone: after a restart prices begin at their base, and come back within minutes.
final class Market: Sendable {
    /// How often supply and demand are observed.
    static let interval: Duration = .seconds(1)
    /// The part that each job has in the average time of its model's jobs.
    private static let jobWeight = 8.0

    private struct State {
        var loads: [String: ModelLoad] = [:]
        var capacities: [String: ModelCapacity] = [:]
        /// For which a job holds its slot, averaged.
        var jobTimes: [String: Duration] = [:]
        /// When a model had workers last.
        var servedAt: [String: ContinuousClock.Instant] = [:]
        var observedAt: ContinuousClock.Instant
    }

    private let pricing: SurgePricing
    private let startedAt: ContinuousClock.Instant
    private let state: Mutex<State>

    init(pricing: SurgePricing = SurgePricing(), startedAt: ContinuousClock.Instant = .now) {
        self.pricing = pricing
        self.startedAt = startedAt
        state = Mutex(State(observedAt: startedAt))
    }

    // MARK: What happens

    /// Whether ``observe(_:waiting:at:)`` is due.
    func isObservationDue(at now: ContinuousClock.Instant) -> Bool {
        state.withLock { now - $0.observedAt >= Self.interval }
    }

    /// Takes in how supply and demand are; models that are not named have neither.
    func observe(
        _ capacities: [String: ModelCapacity],
        waiting: [String: Int],
        at now: ContinuousClock.Instant
    ) {
        state.withLock { state in
            let elapsed = now - state.observedAt
            state.observedAt = now
            state.capacities = capacities
            for model in Set(state.loads.keys).union(capacities.keys).union(waiting.keys) {
                state.loads[model, default: ModelLoad()].observe(
                    capacities[model] ?? ModelCapacity(),
                    waiting: waiting[model] ?? 0,
                    for: elapsed,
                    window: pricing.window
                )
            }
            for model in capacities.keys { state.servedAt[model] = now }
        }
    }

    /// A job was done that held its slot for `time`.
    func jobEnded(of model: String, after time: Duration) {
        state.withLock { state in
            let average = state.jobTimes[model] ?? time
            state.jobTimes[model] = average + (time - average) / Self.jobWeight
        }
    }

    // MARK: What follows

    /// What a request costs that comes now: the number in `GET /v1/models`, and that of the lock.
    func price(of model: CatalogueModel) -> Price {
        let utilisation = state.withLock { $0.loads[model.id]?.utilisation ?? 0 }
        return pricing.price(base: model.tier.basePrice, utilisation: utilisation)
    }

    /// After how many seconds a caller should come again who finds every slot busy and `waiting` jobs before it.
    func retryAtCapacity(_ model: String, waiting: Int) -> Int {
        state.withLock { state in
            RetryEstimate.atCapacity(
                waiting: waiting,
                slots: state.capacities[model]?.slots ?? 0,
                jobTime: state.jobTimes[model]
            )
        }
    }

    /// After how many seconds a caller should come again who finds no worker.
    func retryWithoutWorkers(_ model: String, at now: ContinuousClock.Instant) -> Int {
        let last = state.withLock { $0.servedAt[model] }
        return RetryEstimate.noWorkers(absence: now - (last ?? startedAt))
    }

    /// How long a job of the model still takes that began before `age`.
    func timeLeft(of model: String, age: Duration) -> Duration {
        let whole = state.withLock { $0.jobTimes[model] } ?? RetryEstimate.unknownJob
        return max(.zero, whole - age)
    }
}
