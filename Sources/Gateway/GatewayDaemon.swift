import GatewayStore
package import Logging
package import Operations
import SQLiteStore
import ServiceLifecycle
import Signing
import WorkerProtocol
import WorkerTransport

/// What the entry point reads from the environment, once.
package struct GatewayEnvironment: Sendable {
    package var notifier: ServiceNotifier
    /// systemd's `$CREDENTIALS_DIRECTORY`; an `identity.json` there wins over the configured one.
    package var credentialsDirectory: String?

    package init(notifier: ServiceNotifier, credentialsDirectory: String?) {
        self.notifier = notifier
        self.credentialsDirectory = credentialsDirectory
    }
}

/// The gateway: everything put together in the order in which it depends on each other.
package struct GatewayDaemon: Sendable {
    /// The program, as commands, logs and locks name it.
    package static let program = "decentral-gateway"
    /// What the software calls itself, on the wire and for people.
    package static let version = "0.1.0"

    private let configuration: GatewayConfiguration
    private let environment: GatewayEnvironment
    private let logger: Logger

    package init(configuration: GatewayConfiguration, environment: GatewayEnvironment, logger: Logger) {
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
    }

    /// Runs until it is told to stop, then drains.
    ///
    /// - Throws: ``CommandError`` when the state directory, the identity or the database cannot be used, or an address
    ///   cannot be listened on.
    package func run() async throws {
        let directory = configuration.gateway.stateDirectory
        try StateDirectory.prepare(directory)
        let lock = try StateLock(directory: directory, program: Self.program)
        let identity = try GatewayIdentity.loadOrCreate(
            path: configuration.gateway.identityFile,
            credentialsDirectory: environment.credentialsDirectory,
            logger: logger
        )
        let store = try await openStore(identity: identity)
        // The network's time: what jobs, offers and receipts go by.
        let clock = WallClock.steady(following: .live)
        let hub = try await makeHub(store: store, clock: clock)
        let background = BackgroundTasks()
        let seeds = try SeedProviders.make(
            configuration.seedProviders,
            limits: breakerLimits,
            clock: clock,
            logger: logger
        )
        let jobs = JobCoordinator(
            identity: identity,
            catalogue: ModelCatalogue(adding: configuration.models, aliases: configuration.modelAliases),
            hub: hub,
            settlement: LedgerSettlement(store: store),
            background: background,
            market: Market(pricing: configuration.pricing),
            seeds: seeds,
            configuration: .init(timeout: configuration.jobs.timeout, reconnect: configuration.jobs.reconnect),
            clock: clock,
            logger: logger
        )
        await jobs.recallLatencies(from: store.history)
        let started = Started(expected: 3) {
            logger.info("ready", metadata: ["network.address": "\(identity.address)"])
            environment.notifier.ready(status: "serving")
        }
        let webhooks = try Self.webhookService(configuration.webhooks, store: store, clock: clock, logger: logger)
        let services: [any Service] = [
            WatchdogService(notifier: environment.notifier),
            StoreService(store: store),
            webhooks,
            ReputationService(hub: hub, jobs: jobs),
            seeds,
            background,
            try adminServer(
                lock: lock,
                identity: identity,
                store: store,
                jobs: jobs,
                webhooks: webhooks,
                started: started
            ),
            JobClock(jobs: jobs),
            workerListener(identity: identity, hub: hub, jobs: jobs, started: started),
            EndSessions(hub: hub),
            APIServer(
                configuration: configuration.api,
                webhooks: configuration.webhooks,
                crossOriginAllowed: configuration.cors.allowedOrigins,
                store: store,
                jobs: jobs,
                authenticator: try await authenticator(store, identity),
                logger: logger
            ) { port in
                logger.info("callers can connect", metadata: ["listen.port": "\(port)"])
                started.one()
            },
            Drain(hub: hub, jobs: jobs, notifier: environment.notifier, logger: logger),
        ]
        try await DaemonRunner(logger: logger, notifier: environment.notifier, onReload: {}).run(services)
        logger.info("stopped")
    }

    private func openStore(identity: Identity) async throws(CommandError) -> GatewayStore {
        do throws(StoreError) {
            return try await GatewayStore(
                path: configuration.gateway.databaseFile,
                identity: identity,
                startedAt: WallClock.live.nowMilliseconds,
                logger: logger,
                webhookBody: WebhookBody.render
            )
        } catch {
            throw CommandError(.failed, "the gateway's database cannot be used: \(error.message)", cause: error)
        }
    }

    private var breakerLimits: CircuitBreaker.Limits {
        var limits = CircuitBreaker.Limits()
        limits.firstBackOff = configuration.dispatch.setAside
        return limits
    }

    /// The workers' side, with what the last process knew of them.
    private func makeHub(store: GatewayStore, clock: WallClock) async throws(CommandError) -> WorkerHub {
        let now = clock.nowMilliseconds
        do throws(StoreError) {
            let reputation = ReputationBook(
                try await store.history.reputations(),
                startedAt: now,
                limits: breakerLimits
            )
            var bans: [Address: String] = [:]
            for ban in try await store.history.bans() {
                if let worker = try? Address(base58: ban.worker) { bans[worker] = ban.reason }
            }
            return WorkerHub(reputation: reputation, bans: bans, clock: clock) { store.keep($0) }
        } catch {
            throw CommandError(.failed, "the gateway's database cannot be read: \(error.message)", cause: error)
        }
    }

    private func authenticator(
        _ store: GatewayStore,
        _ identity: Identity
    ) async throws(CommandError) -> CallerAuthenticator {
        let clock = WallClock.live
        do throws(StoreError) {
            let oldest = clock.nowMilliseconds / 1000 - CallerAuthenticator.nonceLife
            return CallerAuthenticator(
                store: store,
                gateway: identity,
                publicURL: configuration.api.publicURL,
                maxBodyBytes: configuration.api.maxBodyBytes,
                remembered: try await store.nonces(createdSince: oldest),
                clock: clock
            )
        } catch {
            throw CommandError(.failed, "the gateway's database cannot be used: \(error.message)", cause: error)
        }
    }

    private func adminServer(
        lock: StateLock,
        identity: Identity,
        store: GatewayStore,
        jobs: JobCoordinator,
        webhooks: WebhookService,
        started: Started
    ) throws(CommandError) -> LocalHTTPServer {
        let routes = AdminRoutes(
            records: StoreRecords(
                history: store.history,
                address: { identity.address },
                moment: { jobs.hub.moment },
                catalogue: { jobs.modelDetails }
            ),
            administration: StoreAdministration(store: store, clock: .live, hub: jobs.hub)
        )
        return LocalHTTPServer(
            configuration: .init(
                socket: configuration.admin.socket,
                operatorGroup: try OperatorGroup.find(configured: configuration.admin.operatorGroup)
            ),
            lock: lock,
            router: routes.makeRouter().withMetrics(
                of: jobs,
                webhooks: {
                    WebhookFigures(
                        counts: try await store.history.webhookCounts(),
                        tally: webhooks.meter.snapshot
                    )
                },
                name: configuration.gateway.name
            ),
            logger: logger
        ) {
            started.one()
        }
    }

    private func workerListener(
        identity: Identity,
        hub: WorkerHub,
        jobs: JobCoordinator,
        started: Started
    ) -> WorkerListenerService {
        let section = configuration.workerListener
        var limits = SessionLimits()
        limits.reconnect = configuration.jobs.reconnect
        limits.bodyBytes = configuration.api.maxBodyBytes
        let names =
            section.publicNames.isEmpty
            ? HostPort.names(ofListener: section.listen.host, section.listen.port) : section.publicNames
        return WorkerListenerService(
            listener: GRPCNetworkListener(
                host: section.listen.host,
                port: section.listen.port,
                certificate: section.certificateFile.flatMap { certificate in
                    section.keyFile.map { .init(certificateFile: certificate, keyFile: $0) }
                }
            ),
            session: .init(
                identity: identity,
                networkName: configuration.gateway.name,
                publicNames: Set(names),
                limits: limits
            ),
            hub: hub,
            jobs: jobs,
            clock: jobs.clock,
            logger: logger
        ) { port in
            logger.info("workers can connect", metadata: ["listen.port": "\(port)"])
            started.one()
        }
    }
}
