import Backends
import Logging
import Operations
import ServiceLifecycle
import Synchronization

/// The upstreams of `[[seed_provider]]`, and the jobs that run on them now.
final class SeedProviders: Service {
    private struct State {
        var pool: SeedPool
        /// By the id of their slot.
        var runs: [String: (slot: SeedSlot, run: SeedRun?)] = [:]
    }

    private let http: BackendHTTP?
    private let upstreams: [String: any InferenceBackend]
    private let clock: WallClock
    private let logger: Logger
    private let state: Mutex<State>

    /// None at all.
    convenience init() {
        self.init(pool: SeedPool([]), http: nil, upstreams: [:], clock: .live, logger: Logger(label: "seeds"))
    }

    /// Upstreams by the name of their provider; `http` is shut down here.
    init(
        pool: SeedPool,
        http: BackendHTTP?,
        upstreams: [String: any InferenceBackend],
        clock: WallClock,
        logger: Logger
    ) {
        self.http = http
        self.upstreams = upstreams
        self.clock = clock
        self.logger = logger
        state = Mutex(State(pool: pool))
    }

    /// Reads the keys of the providers and makes their upstreams.
    ///
    /// - Throws: ``CommandError`` that names the provider whose key file cannot be used.
    static func make(
        _ providers: [SeedProvider],
        limits: CircuitBreaker.Limits,
        clock: WallClock,
        logger: Logger
    ) throws(CommandError) -> SeedProviders {
        guard !providers.isEmpty else { return SeedProviders() }
        var keys: [String: APIKey] = [:]
        for provider in providers {
            guard let file = provider.apiKeyFile else { continue }
            do throws(SettingError) {
                keys[provider.name] = try APIKey(file: file)
            } catch {
                throw CommandError(
                    .usage,
                    "the api_key_file of [[seed_provider]] \"\(provider.name)\": found \(error.found),"
                        + " expected \(error.expected)"
                )
            }
        }
        let http = BackendHTTP.makeClient()
        var upstreams: [String: any InferenceBackend] = [:]
        for provider in providers {
            upstreams[provider.name] = OpenAIBackend(
                name: provider.name,
                configuration: .init(endpoint: provider.endpoint, apiKey: keys[provider.name]),
                http: http,
                logger: logger
            )
        }
        let pool = SeedPool(providers, limits: limits)
        return SeedProviders(pool: pool, http: http, upstreams: upstreams, clock: clock, logger: logger)
    }

    /// Closes the connections once nothing runs on them any more.
    func run() async throws {
        try? await gracefulShutdown()
        try await http?.shutdown()
    }

    // MARK: Slots

    func reserve(_ model: String, needs: Set<LiveWorker.Feature>, excluding tried: Set<String>) -> SeedPool.OnReserve {
        let now = clock.nowMilliseconds
        return state.withLock { state in
            let result = state.pool.reserve(model, needs: needs, excluding: tried, at: now)
            if case .reserved(let slot) = result { state.runs[slot.id] = (slot, nil) }
            return result
        }
    }

    /// Gives the slot of an attempt back.
    ///
    /// - Returns: The models whose jobs may have it now.
    func release(_ id: String, _ outcome: AttemptOutcome) -> [String] {
        let now = clock.nowMilliseconds
        let jitter = Double.random(in: CircuitBreaker.Limits.jitter)
        return state.withLock { state in
            guard let slot = state.runs.removeValue(forKey: id)?.slot else { return [] }
            if let until = state.pool.release(slot, outcome, at: now, jitter: jitter) {
                logger.warning(
                    "seed provider set aside",
                    metadata: ["backend.name": "\(slot.provider)", "until_ms": "\(until)"]
                )
            }
            return state.pool.models(of: slot.provider)
        }
    }

    /// What answers on a slot.
    func upstream(of slot: SeedSlot) -> (any InferenceBackend)? { upstreams[slot.provider] }

    /// Notes who works on a slot that is reserved, so that it can be told to stop.
    func started(_ run: SeedRun, on slot: SeedSlot) {
        state.withLock { $0.runs[slot.id]?.run = run }
    }

    /// Tells the work on a slot to stop.
    func cancel(_ id: String) {
        state.withLock { $0.runs[id]?.run }?.cancel()
    }

    /// The providers that keep a model available now.
    func providers(of model: String) -> [String] {
        let now = clock.nowMilliseconds
        return state.withLock { $0.pool.providers(of: model, at: now) }
    }
}
