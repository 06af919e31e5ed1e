import Backends
import Logging
import Operations
import ServiceLifecycle
import Signing
import WorkerProtocol
import WorkerStore
import WorkerTransport

/// The parts of a worker that work together, without the files, sockets and signals around them.
struct WorkerParts: Sendable {
    /// How a network is reached, and how long is waited between two sessions.
    struct Dialling: Sendable {
        var dialer: @Sendable (NetworkSection) -> any WorkerDialer
        var pause: @Sendable (Duration) async throws -> Void

        /// Over gRPC, with real waits.
        static let live = Dialling { network in
            GRPCWorkerDialer(url: network.url, trustFile: network.trustFile)
        } pause: { wait in
            try await Task.sleep(for: wait)
        }
    }

    let configuration: LiveConfiguration
    let backends: BackendFleet
    let models: ModelHost
    let jobs: JobCoordinator
    let networks: NetworkFleet
    let schedule: ScheduleService
    let faults: FaultWatch
    let activity: WorkerActivity
    let reconciler: Reconciler

    /// - Throws: ``ExitStatus/usage`` if a backend cannot be made.
    init(
        configuration: WorkerConfiguration,
        makeBackend: @escaping BackendFleet.Maker,
        identity: Identity,
        store: WorkerStore,
        dialling: Dialling,
        logger: Logger
    ) throws(CommandError) {
        let live = LiveConfiguration(configuration)
        let payoutAddress = configuration.worker.payoutAddress ?? identity.address
        let activity = WorkerActivity()
        let models = ModelHost(configuration, events: activity.events, logger: logger)
        let backends = BackendFleet(models: models, make: makeBackend)
        let jobs = JobCoordinator(
            identity: identity,
            payoutAddress: payoutAddress,
            models: models,
            backends: backends,
            store: store,
            activity: activity,
            logger: logger
        )
        let claims = GatewayClaims()
        let networks = NetworkFleet(
            configuration.networks,
            jobs: jobs,
            drainTimeout: { live.current.worker.drainTimeout },
            logger: logger,
            connect: { network in
                NetworkConnection(
                    configuration: .init(
                        name: network.name,
                        url: network.url.description,
                        session: WorkerSession.Configuration(
                            identity: identity,
                            payoutAddress: payoutAddress,
                            authority: network.url.authority,
                            pinnedGateway: network.gatewayAddress,
                            software: "\(WorkerDaemon.program)/\(WorkerDaemon.version)"
                        ),
                        workerName: { live.current.worker.name }
                    ),
                    dialer: dialling.dialer(network),
                    jobs: jobs,
                    models: models,
                    history: store.history,
                    claims: claims,
                    events: activity.events,
                    pause: dialling.pause,
                    logger: logger
                )
            }
        )
        backends.carryOut(try backends.plan(for: configuration))
        let faults = FaultWatch(
            probes: .system(
                stateDirectory: configuration.worker.stateDirectory,
                store: store,
                clockOffsets: {
                    networks.connections.map {
                        .init(network: $0.configuration.name, milliseconds: $0.clockOffsetMilliseconds)
                    }
                }
            ),
            logger: logger
        ) { faults in
            if jobs.setFaults(faults) { networks.stateChanged() }
        }
        store.onFailure { [weak faults] in faults?.lookNow() }
        models.notify { networks.stateChanged() }
        schedule = ScheduleService(
            configuration.schedule.schedule,
            jobs: jobs,
            stateChanged: { networks.stateChanged() },
            logger: logger
        )
        self.configuration = live
        self.backends = backends
        self.models = models
        self.jobs = jobs
        self.networks = networks
        self.faults = faults
        self.activity = activity
        reconciler = Reconciler(networks: networks, store: store, logger: logger)
    }

    /// What runs, in the order of dependence: sessions need the jobs, jobs the backends.
    var services: [any Service] {
        [backends, backends.alarm, jobs, faults, schedule, networks, networks.alarm, reconciler]
    }
}
