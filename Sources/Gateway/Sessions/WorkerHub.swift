import GatewayStore
import Logging
import Operations
import Signing
import Synchronization
import WorkerProtocol

/// Every live session and the workers behind them: who may come in, who gets an offer, where a message goes.
final class WorkerHub: Sendable {
    /// Bounds on sessions that have not proven an identity yet.
    struct Limits: Sendable {
        var unprovenSessions = 256
        var unprovenSessionsPerPeer = 16
    }

    struct State {
        var registry = WorkerRegistry()
        var reputation: ReputationBook
        /// Workers that the network does not take, and why.
        var bans: [Address: String]
        var connections: [String: WorkerConnection] = [:]
        var unproven: [String: Int] = [:]
        /// What each session was told of its worker's standing last.
        var standings: [String: SentStanding] = [:]
        var isDraining = false
    }

    private let limits: Limits
    let clock: WallClock
    /// Brings what is known of workers to the disk, without waiting for it.
    let keep: @Sendable ([ReputationRecord]) -> Void
    // The files beside this one work on it too.
    let state: Mutex<State>

    init(
        limits: Limits = Limits(),
        reputation: ReputationBook = ReputationBook(),
        bans: [Address: String] = [:],
        clock: WallClock,
        keep: @escaping @Sendable ([ReputationRecord]) -> Void
    ) {
        self.limits = limits
        self.clock = clock
        self.keep = keep
        state = Mutex(State(reputation: reputation, bans: bans))
    }

    // MARK: Coming and going

    /// Counts a stream that has proven nothing yet.
    ///
    /// - Returns: False if there are too many already, from this peer or in all.
    func streamOpened(from peer: String) -> Bool {
        state.withLock { state in
            let fromPeer = state.unproven[peer, default: 0]
            guard fromPeer < limits.unprovenSessionsPerPeer,
                state.unproven.values.reduce(0, +) < limits.unprovenSessions
            else { return false }
            state.unproven[peer] = fromPeer + 1
            return true
        }
    }

    /// The stream has proven an identity, or ended before it did.
    func streamSettled(from peer: String) {
        state.withLock { state in
            let left = state.unproven[peer, default: 1] - 1
            state.unproven[peer] = left > 0 ? left : nil
        }
    }

    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Takes a proven worker in.
    ///
    /// An older session of the same worker is ended: one identity, one session.
    func joined(_ worker: LiveWorker, _ connection: WorkerConnection) {
        let now = clock.nowMilliseconds
        let (former, ban) = state.withLock { state -> (WorkerConnection?, String?) in
            state.reputation.sessionBegan(worker.address, at: now)
            state.connections[worker.sessionID] = connection
            let former = state.registry.joined(worker).flatMap { state.connections[$0.sessionID] }
            return (former, state.bans[worker.address])
        }
        former?.end(.superseded, "another session of this worker was proven")
        // Banned between the proof and now.
        if let ban { connection.end(.banned, Self.banMessage(ban)) }
    }

    func left(_ address: Address, sessionID: String) {
        let now = clock.nowMilliseconds
        state.withLock { state in
            state.connections[sessionID] = nil
            state.standings[sessionID] = nil
            if state.registry.left(address, sessionID: sessionID) {
                state.reputation.sessionEnded(address, at: now)
            }
        }
    }

    func update(_ change: (inout WorkerRegistry) -> Void) {
        state.withLock { change(&$0.registry) }
    }

    /// Tells every worker that no more offers come.
    func drain() {
        let connections = state.withLock { state in
            state.isDraining = true
            return Array(state.connections.values)
        }
        for connection in connections { connection.post(.make { $0.draining.reason = "the gateway is shutting down" }) }
    }

    /// Ends every session in order.
    func endAll() {
        let connections = state.withLock { Array($0.connections.values) }
        for connection in connections { connection.end(.shutdown, "the gateway shut down") }
    }

    // MARK: Jobs

    /// A slot on one worker, whatever its score.
    func reserve(_ model: String, on worker: Address) throws(WorkerRegistry.Unavailable) -> LiveWorker {
        let result = state.withLock { state -> Result<LiveWorker, WorkerRegistry.Unavailable> in
            do throws(WorkerRegistry.Unavailable) {
                return .success(try state.registry.reserve(model, on: worker))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    func reserve(
        _ model: String,
        needs: Set<LiveWorker.Feature>,
        excluding excluded: Set<Address>
    ) throws(WorkerRegistry.Unavailable) -> LiveWorker {
        let now = clock.nowMilliseconds
        // `withLock` loses the type of what is thrown, so the result travels as a value.
        let result = state.withLock { state -> Result<LiveWorker, WorkerRegistry.Unavailable> in
            var random = SystemRandomNumberGenerator()
            do throws(WorkerRegistry.Unavailable) {
                return .success(
                    try state.registry.reserve(
                        model,
                        needs: needs,
                        excluding: excluded,
                        by: state.reputation,
                        at: now,
                        using: &random
                    )
                )
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Puts a message on a session's stream.
    ///
    /// - Returns: False if the session is gone or its worker does not read.
    @discardableResult
    func post(_ message: WireNetworkMessage, toSession sessionID: String, bytes: Int = 256) -> Bool {
        state.withLock { $0.connections[sessionID] }?.post(message, bytes: bytes) ?? false
    }

    /// Puts a message on whatever session the worker has now; without one it is dropped, and the worker asks again.
    func post(_ message: WireNetworkMessage, to worker: Address, bytes: Int) {
        let connection = state.withLock { state in
            state.registry.workers[worker].flatMap { state.connections[$0.sessionID] }
        }
        connection?.post(message, bytes: bytes)
    }

    // MARK: Reading

    /// What the workers that take offers can do for each model, if there are any.
    var capacities: [String: ModelCapacity] {
        let now = clock.nowMilliseconds
        return state.withLock { $0.registry.capacities(by: $0.reputation, at: now) }
    }

    func worker(_ address: Address) -> LiveWorker? { state.withLock { $0.registry.workers[address] } }

    var workers: [LiveWorker] { state.withLock { Array($0.registry.workers.values) } }
}
