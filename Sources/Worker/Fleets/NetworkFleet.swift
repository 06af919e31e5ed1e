import Logging
import ServiceLifecycle
import Synchronization

/// The networks of the configuration, which may change while jobs of theirs run.
final class NetworkFleet: Service {
    private let connect: @Sendable (NetworkSection) -> NetworkConnection
    private let jobs: JobCoordinator
    private let drainTimeout: @Sendable () -> Duration
    private let logger: Logger
    private let services = ServiceFleet()
    /// In the order of the configuration.
    private let members = Mutex<[NetworkMember]>([])

    /// - Parameters:
    ///   - sections: What the configuration says at the start.
    ///   - jobs: Of all networks.
    ///   - drainTimeout: How long the jobs of a network that was removed may take.
    ///   - logger: For the services' own life.
    ///   - connect: Makes a connection, which dials when it is run.
    init(
        _ sections: [NetworkSection],
        jobs: JobCoordinator,
        drainTimeout: @escaping @Sendable () -> Duration,
        logger: Logger,
        connect: @escaping @Sendable (NetworkSection) -> NetworkConnection
    ) {
        self.jobs = jobs
        self.drainTimeout = drainTimeout
        self.logger = logger
        self.connect = connect
        configure(sections)
    }

    func run() async throws { try await services.run() }

    /// Fails when a network does: another machine uses this identity.
    var alarm: some Service { services.alarm }

    var connections: [NetworkConnection] { members.withLock { $0 }.map(\.connection) }

    /// Connects what is new, and leaves what is no longer there; a changed network is left and connected anew.
    func configure(_ sections: [NetworkSection]) {
        let present = members.withLock { $0 }
        var added: [NetworkMember] = []
        let next = sections.map { section in
            let former = present.first { $0.section.name == section.name }
            if let former, former.section == section { return former }
            let member = NetworkMember(
                section,
                connect(section),
                after: former,
                jobs: jobs,
                drainTimeout: drainTimeout,
                logger: logger
            )
            added.append(member)
            return member
        }
        members.withLock { $0 = next }
        for member in present where !next.contains(where: { $0 === member }) { member.retire() }
        for member in added { services.start(member) }
    }

    /// Tells every network at once how models and admission are, instead of with the next heartbeat.
    func stateChanged() {
        for connection in connections { connection.stateChanged() }
    }

    /// Tells every network which models there are.
    func announce() {
        services.perform {
            for connection in self.connections { await connection.announceAgain() }
        }
    }

    /// Tells every network that no more jobs are taken.
    func drain(reason: String) {
        for connection in connections { connection.drain(reason: reason) }
    }
}
