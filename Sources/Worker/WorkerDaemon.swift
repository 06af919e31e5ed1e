import Backends
package import Logging
import Operations
import SQLiteStore
import ServiceLifecycle
import Signing
import WorkerStore

/// The worker: takes jobs from networks, runs them on backends, and keeps what they earned.
///
/// What is here only puts the parts together, in the order in which a start needs them: the state directory's lock, the
/// database, the identity, the backends, the socket, the networks. Once the socket stands the worker is ready; it waits
/// for neither model nor network.
package struct WorkerDaemon: Sendable {
    /// What the software calls itself, on the wire and for people.
    package static let version = "0.1.0"
    package static let program = "decentral-worker"

    private let configuration: WorkerConfiguration
    private let environment: [String: String]
    private let logger: Logger

    /// - Parameters:
    ///   - configuration: Checked.
    ///   - environment: What the entry point has read: systemd's variables are looked at, and supervised backends get a
    ///     part of it.
    ///   - logger: For the daemon and its parts.
    package init(configuration: WorkerConfiguration, environment: [String: String], logger: Logger) {
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
    }

    /// Runs until a graceful shutdown is over.
    ///
    /// - Throws: ``CommandError`` with what keeps the worker from starting, or made it stop.
    package func run() async throws {
        DescriptorLimit.raise()
        let section = configuration.worker
        try StateDirectory.prepare(section.stateDirectory)
        let lock = try StateLock(directory: section.stateDirectory, program: Self.program)
        let store = try openStore()
        let identity = try openIdentity()
        let http = BackendHTTP.makeClient()
        let outcome = await Result(catching: {
            try await serve(lock: lock, store: store, identity: identity, http: http)
        })
        await store.shutDown()
        try? await http.shutdown()
        try outcome.get()
        logger.info("stopped")
    }

    private func openStore() throws(CommandError) -> WorkerStore {
        do {
            return try WorkerStore(
                path: configuration.worker.databaseFile,
                startedAt: WallClock.live.nowMilliseconds,
                logger: logger
            )
        } catch {
            throw CommandError(.failed, "cannot open the database: \(error)", cause: error)
        }
    }

    private func openIdentity() throws(CommandError) -> Identity {
        let section = configuration.worker
        let directory = environment["CREDENTIALS_DIRECTORY"]
        if let identity = try WorkerIdentity.load(section, credentialsDirectory: directory) { return identity }
        let identity = try WorkerIdentity.create(path: section.identityFile)
        logger.notice(
            "identity created; keep a copy of the file in a safe place",
            metadata: ["path": "\(section.identityFile)", "worker.address": "\(identity.address)"]
        )
        return identity
    }

    private func serve(lock: StateLock, store: WorkerStore, identity: Identity, http: BackendHTTP) async throws {
        let parts = WorkerParts(
            configuration: configuration,
            backends: try makeBackends(http),
            identity: identity,
            store: store,
            dialling: .live,
            logger: logger
        )
        if configuration.worker.pauseFlag.isSet, parts.jobs.setPaused(true) {
            logger.notice("still paused by the operator: `decentral-worker resume` takes jobs again")
        }
        let notifier = ServiceNotifier(environment: environment)
        let drain = DrainService(
            jobs: parts.jobs,
            networks: parts.networks,
            timeout: configuration.worker.drainTimeout,
            notifier: notifier,
            logger: logger
        )
        let report = makeReport(parts, store: store, identity: identity)
        let metrics = MetricsReport(
            report: report,
            activity: parts.activity,
            databaseFile: configuration.worker.databaseFile
        )
        let server = try makeServer(parts, drain, lock: lock, report: report, metrics: metrics, notifier: notifier)
        logger.info(
            "starting",
            metadata: [
                "version": "\(Self.version)", "worker.address": "\(identity.address)",
                "networks": "\(parts.networks.count)", "models": "\(configuration.models.count)",
            ]
        )
        let runner = DaemonRunner(logger: logger, notifier: notifier) {
            logger.notice("the configuration is read at the start alone: restart to change it")
        }
        let schedule = ScheduleService(
            configuration.schedule.schedule,
            jobs: parts.jobs,
            stateChanged: { for network in parts.networks { network.stateChanged() } },
            logger: logger
        )
        // They end from the last to the first: the drain needs all others, sessions need the jobs, jobs the backends.
        var services: [any Service] = [WatchdogService(notifier: notifier)]
        services += parts.backends.map { BackendService(backend: $0) }
        services += [parts.models, parts.jobs, parts.faults, makeRetention(store), server, schedule]
        if let listener = makeMetricsListener(metrics) { services.append(listener) }
        services += parts.networks
        services.append(parts.reconciler)
        services.append(drain)
        try await runner.run(services)
    }

    private func makeBackends(_ http: BackendHTTP) throws(CommandError) -> [WorkerParts.TimedBackend] {
        let factory = BackendFactory(
            http: http,
            // systemd's is a list; without systemd only this user may write to the state directory.
            runtimeDirectory: environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first.map(String.init)
                ?? configuration.worker.stateDirectory,
            environment: environment,
            logger: logger
        )
        var backends: [WorkerParts.TimedBackend] = []
        for section in configuration.backends {
            backends.append((try make(section, with: factory), section.timeouts))
        }
        return backends
    }

    private func make(
        _ section: BackendSection,
        with factory: BackendFactory
    ) throws(CommandError) -> any InferenceBackend {
        var settings = section.configuration
        let models = configuration.models.filter { $0.backend == section.name }
        if let contextWindow = models.map(\.contextWindow).max() {
            settings.serve(slots: configuration.slots(ofBackend: section.name), contextWindow: contextWindow)
        }
        do {
            return try factory.makeBackend(settings)
        } catch {
            throw CommandError(.usage, "backend \(section.name): \(error)", cause: error)
        }
    }

    private func makeRetention(_ store: WorkerStore) -> JobRetention {
        let age = configuration.worker.keepJobs
        return JobRetention(store: store, age: { age }, logger: logger)
    }

    private func makeReport(_ parts: WorkerParts, store: WorkerStore, identity: Identity) -> StatusReport {
        StatusReport(
            version: Self.version,
            name: configuration.worker.name,
            address: identity.address,
            payoutAddress: configuration.worker.payoutAddress ?? identity.address,
            networks: parts.networks,
            models: parts.models,
            jobs: parts.jobs,
            history: store.history,
            activity: parts.activity,
            reconciler: parts.reconciler,
            startedAt: .now
        )
    }

    private func makeMetricsListener(_ metrics: MetricsReport) -> MetricsListener? {
        guard let address = configuration.status.metricsListen else { return nil }
        if !address.isLoopback {
            logger.notice(
                "metrics_listen is not on loopback: whoever reaches it reads the metrics",
                metadata: ["host": "\(address.host)", "port": "\(address.port)"]
            )
        }
        return MetricsListener(host: address.host, port: address.port, page: metrics.page, logger: logger)
    }

    private func makeServer(
        _ parts: WorkerParts,
        _ drain: DrainService,
        lock: StateLock,
        report: StatusReport,
        metrics: MetricsReport,
        notifier: ServiceNotifier
    ) throws(CommandError) -> LocalHTTPServer {
        let controls = WorkerControls(
            jobs: parts.jobs,
            networks: parts.networks,
            shutdown: drain,
            pauseFlag: configuration.worker.pauseFlag,
            logger: logger
        )
        let socket = configuration.status.socket
        return LocalHTTPServer(
            configuration: .init(
                socket: socket,
                operatorGroup: try OperatorGroup.find(configured: configuration.status.operatorGroup)
            ),
            lock: lock,
            router: StatusAPI(report: report, controls: controls, metrics: metrics).router(),
            logger: logger,
            onListening: { [logger] in
                logger.info("ready", metadata: ["socket": "\(socket)"])
                notifier.ready(status: "ready at \(socket)")
            }
        )
    }
}

extension Result where Failure == any Error {
    /// What an asynchronous operation came to.
    fileprivate init(catching body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
