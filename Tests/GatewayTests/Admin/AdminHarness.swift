import Logging
import Operations
import ServiceLifecycle
import Signing

@testable import Gateway
@testable import GatewayStore

/// A gateway as its operator meets it: a store and, for the way through the socket, a server before it.
struct AdminHarness: Sendable {
    /// How an operator's question gets to the store: both must give the same answers.
    enum Way: CaseIterable {
        case store
        case socket
    }

    let folder: String
    let identity: Identity
    let store: GatewayStore
    let clock: ManualWallClock
    let records: any GatewayRecords
    let administration: any GatewayAdministration

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs `body` with a gateway in a new folder.
    static func run(
        _ way: Way,
        liveWorkers: [LiveWorker] = [],
        reputation: ReputationBook = ReputationBook(),
        models: [ModelDetails] = [],
        _ body: @escaping @Sendable (AdminHarness) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualWallClock(milliseconds: 1_790_000_000_000)
            let identity = Identity.generate()
            let store = try await GatewayStore(
                path: "\(folder)/gateway.sqlite",
                identity: identity,
                startedAt: clock.clock.nowMilliseconds,
                logger: logger,
                webhookBody: WebhookBody.render
            )
            let records = StoreRecords(
                history: store.history,
                address: { identity.address },
                moment: {
                    var registry = WorkerRegistry()
                    for worker in liveWorkers { _ = registry.joined(worker) }
                    return NetworkMoment(
                        registry: registry,
                        reputation: reputation,
                        isDraining: false,
                        now: clock.clock.nowMilliseconds
                    )
                },
                catalogue: { models }
            )
            let administration = StoreAdministration(store: store, clock: clock.clock)
            func harness(
                _ records: any GatewayRecords,
                _ administration: any GatewayAdministration
            ) -> AdminHarness {
                AdminHarness(
                    folder: folder,
                    identity: identity,
                    store: store,
                    clock: clock,
                    records: records,
                    administration: administration
                )
            }
            switch way {
            case .store:
                try await body(harness(records, administration))
            case .socket:
                let socket = "\(folder)/gateway.sock"
                let lock = try StateLock(directory: folder, program: "test")
                let way = SocketAdministration(socket: socket)
                let operatorSide = harness(way, way)
                try await serve(AdminRoutes(records: records, administration: administration), socket, lock) {
                    try await body(operatorSide)
                }
            }
            await store.shutDown()
        }
    }

    /// Serves the routes on a socket while `body` runs.
    static func serve(
        _ routes: AdminRoutes,
        _ socket: String,
        _ lock: StateLock,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let (listening, continuation) = AsyncStream.makeStream(of: Void.self)
        let server = LocalHTTPServer(
            configuration: .init(socket: socket, operatorGroup: nil),
            lock: lock,
            router: routes.makeRouter(),
            logger: logger,
            onListening: { continuation.finish() }
        )
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                // A server that cannot start must not leave the body waiting.
                defer { continuation.finish() }
                try await group.run()
            }
            for await _ in listening {}
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body())
            } catch {
                outcome = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try outcome.get()
        }
    }
}
