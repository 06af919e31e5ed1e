import Backends
import Logging
package import Operations
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
    private let configurationPath: String
    private let environment: [String: String]
    private let output: LogOutput
    private let logger: Logger

    /// - Parameters:
    ///   - configurationPath: The file, which is read here and again at each reload.
    ///   - environment: What the entry point has read: systemd's variables are looked at, and supervised backends get a
    ///     part of it.
    ///   - output: Where the log goes; its level follows the configuration.
    /// - Throws: `ConfigurationError`.
    package init(configurationPath: String, environment: [String: String], output: LogOutput) throws {
        configuration = try WorkerConfiguration(path: configurationPath)
        self.configurationPath = configurationPath
        self.environment = environment
        self.output = output
        output.level = configuration.log.level
        logger = output.makeLogger(label: "worker")
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
        let parts = try WorkerParts(
            configuration: configuration,
            makeBackend: backendMaker(http),
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
            timeout: { parts.configuration.current.worker.drainTimeout },
            notifier: notifier,
            logger: logger
        )
        let reload = makeReload(parts)
        let controls = WorkerControls(
            jobs: parts.jobs,
            networks: parts.networks,
            shutdown: drain,
            pauseFlag: configuration.worker.pauseFlag,
            configuration: reload,
            logLevel: LogLevelControl(output: output, logger: logger),
            logger: logger
        )
        let report = makeReport(parts, identity: identity, history: store.history)
        let metrics = MetricsReport(
            report: report,
            activity: parts.activity,
            databaseFile: configuration.worker.databaseFile
        )
        let api = StatusAPI(report: report, controls: controls, metrics: metrics)
        let server = try makeServer(api, lock: lock, notifier: notifier)
        logger.info(
            "starting",
            metadata: [
                "version": "\(Self.version)", "worker.address": "\(identity.address)",
                "networks": "\(configuration.networks.count)", "models": "\(configuration.models.count)",
            ]
        )
        let runner = DaemonRunner(logger: logger, notifier: notifier) {
            await self.reload(reload, notifier)
        }
        // They end from the last to the first: the drain needs all others, and the status is told until the end.
        var services: [any Service] = [WatchdogService(notifier: notifier), makeRetention(parts, store), server]
        if let listener = makeMetricsListener(metrics) { services.append(listener) }
        try await runner.run(services + parts.services + [drain])
    }

    private func backendMaker(_ http: BackendHTTP) -> BackendFleet.Maker {
        let factory = BackendFactory(
            http: http,
            // systemd's is a list; without systemd only this user may write to the state directory.
            runtimeDirectory: environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first.map(String.init)
                ?? configuration.worker.stateDirectory,
            environment: environment,
            logger: logger
        )
        return { settings throws(CommandError) in
            do {
                return try factory.makeBackend(settings)
            } catch {
                throw CommandError(.usage, "backend \(settings.name): \(error)", cause: error)
            }
        }
    }

    private func makeReload(_ parts: WorkerParts) -> ConfigurationReload {
        ConfigurationReload(
            read: { [configurationPath] in try WorkerConfiguration(path: configurationPath) },
            parts: parts,
            setLogLevel: { [output] in output.level = $0 },
            logger: logger
        )
    }

    /// SIGHUP: systemd is told when it begins and when it is over, and the log has what came of it.
    private func reload(_ reload: ConfigurationReload, _ notifier: ServiceNotifier) async {
        notifier.reloading()
        let refusal: (any Error)?
        do {
            _ = try await reload.reload()
            refusal = nil
        } catch {
            refusal = error
        }
        let socket = configuration.status.socket
        notifier.ready(status: refusal.map { "the changed configuration is refused: \($0)" } ?? "ready at \(socket)")
    }

    private func makeRetention(_ parts: WorkerParts, _ store: WorkerStore) -> JobRetention {
        JobRetention(store: store, age: { parts.configuration.current.worker.keepJobs }, logger: logger)
    }

    private func makeReport(_ parts: WorkerParts, identity: Identity, history: WorkerHistory) -> StatusReport {
        StatusReport(
            version: Self.version,
            configuration: parts.configuration,
            address: identity.address,
            payoutAddress: configuration.worker.payoutAddress ?? identity.address,
            fleet: parts.networks,
            models: parts.models,
            jobs: parts.jobs,
            history: history,
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
        _ api: StatusAPI,
        lock: StateLock,
        notifier: ServiceNotifier
    ) throws(CommandError) -> LocalHTTPServer {
        let socket = configuration.status.socket
        return LocalHTTPServer(
            configuration: .init(
                socket: socket,
                operatorGroup: try OperatorGroup.find(configured: configuration.status.operatorGroup)
            ),
            lock: lock,
            router: api.router(),
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
