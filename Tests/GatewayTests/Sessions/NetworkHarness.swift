import GatewayStore
import Logging
import Operations
import Signing
import TestSupport
import WorkerProtocol
import WorkerTransport

@testable import Gateway

/// A gateway without its API: a store, the jobs, and a listener in this process.
struct NetworkHarness: Sendable {
    static let authority = "gateway.test:7443"

    let identity: Identity
    let store: GatewayStore
    let hub: WorkerHub
    let jobs: JobCoordinator
    let network: InProcessNetwork

    /// Runs `body` with a gateway in a new folder.
    static func run(
        seeds: SeedProviders = SeedProviders(),
        _ body: @escaping @Sendable (NetworkHarness) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let identity = Identity.generate()
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let store = try await GatewayStore(
                path: "\(folder)/gateway.sqlite",
                identity: identity,
                startedAt: WallClock.live.nowMilliseconds,
                logger: logger,
                webhookBody: WebhookBody.render
            )
            let hub = WorkerHub(clock: .live) { store.keep($0) }
            let background = BackgroundTasks()
            let jobs = JobCoordinator(
                identity: identity,
                catalogue: ModelCatalogue(adding: []),
                hub: hub,
                settlement: LedgerSettlement(store: store),
                background: background,
                seeds: seeds,
                clock: .live,
                logger: logger
            )
            let harness = NetworkHarness(
                identity: identity,
                store: store,
                hub: hub,
                jobs: jobs,
                network: InProcessNetwork()
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await background.run() }
                group.addTask { try await harness.listen(logger) }
                await harness.network.untilListening()
                let outcome: Result<Void, any Error>
                do {
                    outcome = .success(try await body(harness))
                } catch {
                    outcome = .failure(error)
                }
                group.cancelAll()
                while let ended = await group.nextResult() { _ = ended }
                try outcome.get()
            }
            await store.shutDown()
        }
    }

    private func listen(_ logger: Logger) async throws {
        try await network.listen { _ in
        } serve: { stream in
            let connection = WorkerConnection(
                peer: stream.peerAddress,
                configuration: .init(identity: identity, networkName: "test", publicNames: [Self.authority]),
                hub: hub,
                jobs: jobs,
                clock: .live,
                logger: logger
            )
            await connection.run(stream)
        }
    }
}
