import Signing

/// A slot of a seed provider, held for one attempt at a job.
struct SeedSlot: Sendable, Equatable {
    /// Stands where a worker's session id stands; new for each attempt.
    let id: String
    /// The provider's name.
    let provider: String
    let upstreamModel: String
}

/// The slots of the seed providers and who of them is set aside, as a value.
///
/// Providers are asked in the order of the configuration: an operator puts the cheapest first. One whose jobs fail in a
/// row is set aside as a worker is, but only until the gateway restarts.
struct SeedPool: Sendable {
    /// What became of the wish for a slot.
    enum OnReserve: Sendable, Equatable {
        case reserved(SeedSlot)
        /// Every provider that could has its bound of jobs.
        case busy
        /// Every provider that could is set aside; the first is back at this time, Unix milliseconds.
        case setAside(until: Int64)
        /// No provider can do it.
        case none
    }

    private struct Seat: Sendable {
        let provider: SeedProvider
        var inFlight = 0
        var breaker = CircuitBreaker()
    }

    private var seats: [Seat]
    private let limits: CircuitBreaker.Limits

    init(_ providers: [SeedProvider], limits: CircuitBreaker.Limits = .init()) {
        seats = providers.map { Seat(provider: $0) }
        self.limits = limits
    }

    /// Takes a slot of the first provider that has one for the model.
    ///
    /// - Parameters:
    ///   - model: The network's id.
    ///   - needs: What the upstream must be able to do.
    ///   - tried: Providers that failed the job before.
    ///   - now: Unix milliseconds.
    /// - Returns: The slot, to be given back with ``release(_:_:at:jitter:)``, or why there is none.
    mutating func reserve(
        _ model: String,
        needs: Set<LiveWorker.Feature>,
        excluding tried: Set<String>,
        at now: Int64
    ) -> OnReserve {
        var isBusy = false
        var setAsideUntil: Int64?
        for index in seats.indices {
            let provider = seats[index].provider
            guard let upstreamModel = provider.models[model], needs.isSubset(of: provider.features),
                !tried.contains(provider.name)
            else { continue }
            switch seats[index].breaker.verdict(at: now) {
            case .setAside(let until):
                setAsideUntil = min(until, setAsideUntil ?? until)
                continue
            case .onTrial where seats[index].inFlight > 0:
                isBusy = true
                continue
            case .onTrial, .open:
                break
            }
            guard seats[index].inFlight < provider.maxConcurrentJobs else {
                isBusy = true
                continue
            }
            seats[index].inFlight += 1
            let id = "seed_" + Hex.encode(RandomBytes.make(count: 8))
            return .reserved(SeedSlot(id: id, provider: provider.name, upstreamModel: upstreamModel))
        }
        if isBusy { return .busy }
        return setAsideUntil.map { .setAside(until: $0) } ?? .none
    }

    /// Gives a slot back, and judges the provider by how the attempt ended.
    ///
    /// - Parameters:
    ///   - slot: As it was reserved.
    ///   - outcome: Of the attempt.
    ///   - now: Unix milliseconds.
    ///   - jitter: In ``CircuitBreaker/Limits/jitter``.
    /// - Returns: Until when the provider is set aside from now on, Unix milliseconds; `nil` if it is not.
    mutating func release(_ slot: SeedSlot, _ outcome: AttemptOutcome, at now: Int64, jitter: Double) -> Int64? {
        guard let index = seats.firstIndex(where: { $0.provider.name == slot.provider }) else { return nil }
        seats[index].inFlight = max(0, seats[index].inFlight - 1)
        switch outcome {
        case .settled:
            seats[index].breaker.succeeded(at: now)
            return nil
        case .withdrawn, .refused:
            return nil
        case .failed(let fault):
            let isSetAside = seats[index].breaker.failed(fault.sentence, at: now, limits: limits, jitter: jitter)
            return isSetAside ? seats[index].breaker.until : nil
        }
    }

    /// The models of a provider: whose jobs may wait for its slot.
    func models(of provider: String) -> [String] {
        seats.first { $0.provider.name == provider }.map { Array($0.provider.models.keys) } ?? []
    }

    /// The providers of a model that are not set aside at a time (Unix milliseconds), in the order of the configuration.
    func providers(of model: String, at now: Int64) -> [String] {
        seats.filter { seat in
            if case .setAside = seat.breaker.verdict(at: now) { return false }
            return seat.provider.models[model] != nil
        }.map(\.provider.name)
    }
}
