import Backends
import Logging
import Operations
import Signing
import WorkerProtocol
import WorkerStore
import WorkerTransport

/// The parts of a worker that work together, without the files, sockets and signals around them.
struct WorkerParts: Sendable {
    /// A backend, and how long it may take.
    typealias TimedBackend = (backend: any InferenceBackend, timeouts: GenerationTimeouts)

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

    let backends: [any InferenceBackend]
    let models: ModelHost
    let jobs: JobCoordinator
    let networks: [NetworkConnection]
    let faults: FaultWatch
    let activity: WorkerActivity
    let reconciler: Reconciler

    init(
        configuration: WorkerConfiguration,
        backends: [TimedBackend],
        identity: Identity,
        store: WorkerStore,
        dialling: Dialling,
        logger: Logger
    ) {
        let payoutAddress = configuration.worker.payoutAddress ?? identity.address
        let activity = WorkerActivity()
        let models = ModelHost(
            models: configuration.models,
            totalSlots: configuration.worker.maxConcurrentJobs,
            backends: backends.map(\.backend),
            events: activity.events,
            logger: logger
        )
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
        let networks = configuration.networks.map { network in
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
                    workerName: configuration.worker.name
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
        let faults = FaultWatch(
            probes: .system(
                stateDirectory: configuration.worker.stateDirectory,
                store: store,
                clockOffsets: {
                    networks.map { .init(network: $0.configuration.name, milliseconds: $0.clockOffsetMilliseconds) }
                }
            ),
            logger: logger
        ) { faults in
            if jobs.setFaults(faults) { for network in networks { network.stateChanged() } }
        }
        store.onFailure { [weak faults] in faults?.lookNow() }
        models.notify { for network in networks { network.stateChanged() } }
        self.backends = backends.map(\.backend)
        self.models = models
        self.jobs = jobs
        self.networks = networks
        self.faults = faults
        self.activity = activity
        reconciler = Reconciler(networks: networks, store: store, logger: logger)
    }
}
