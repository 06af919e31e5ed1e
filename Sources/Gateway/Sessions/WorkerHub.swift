import Logging
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

    private struct State {
        var registry = WorkerRegistry()
        var connections: [String: WorkerConnection] = [:]
        var unproven: [String: Int] = [:]
        var isDraining = false
    }

    private let limits: Limits
    private let state = Mutex(State())

    init(limits: Limits = Limits()) {
        self.limits = limits
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
        let former = state.withLock { state -> WorkerConnection? in
            state.connections[worker.sessionID] = connection
            return state.registry.joined(worker).flatMap { state.connections[$0.sessionID] }
        }
        former?.end(.superseded, "another session of this worker was proven")
    }

    func left(_ address: Address, sessionID: String) {
        state.withLock { state in
            state.connections[sessionID] = nil
            state.registry.left(address, sessionID: sessionID)
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

    func reserve(
        _ model: String,
        needs: Set<LiveWorker.Feature>,
        excluding excluded: Set<Address>
    ) throws(WorkerRegistry.Unavailable) -> LiveWorker {
        // `withLock` loses the type of what is thrown, so the result travels as a value.
        let result = state.withLock { state -> Result<LiveWorker, WorkerRegistry.Unavailable> in
            var random = SystemRandomNumberGenerator()
            do throws(WorkerRegistry.Unavailable) {
                return .success(
                    try state.registry.reserve(model, needs: needs, excluding: excluded, using: &random)
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

    func activeWorkers(for model: String) -> Int {
        state.withLock { $0.registry.activeWorkers(for: model) }
    }

    var activeModels: Set<String> { state.withLock { $0.registry.activeModels } }

    func worker(_ address: Address) -> LiveWorker? { state.withLock { $0.registry.workers[address] } }

    var workers: [LiveWorker] { state.withLock { Array($0.registry.workers.values) } }
}
