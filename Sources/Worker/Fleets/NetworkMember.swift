import Logging
import ServiceLifecycle
import Signing
import Synchronization

/// One network at work: keeps its connection, and leaves it in order when the configuration has it no more.
final class NetworkMember: Service, CustomStringConvertible {
    let section: NetworkSection
    let connection: NetworkConnection
    private let predecessor: NetworkMember?
    private let jobs: JobCoordinator
    private let drainTimeout: @Sendable () -> Duration
    private let logger: Logger
    private let isRetired = Atomic(false)
    /// Ends when the connection may go.
    private let left: AsyncStream<Never>
    private let leave: AsyncStream<Never>.Continuation
    private let ended: AsyncStream<Never>
    private let end: AsyncStream<Never>.Continuation

    /// - Parameters:
    ///   - section: What the configuration says of it.
    ///   - connection: Not run yet.
    ///   - predecessor: Whom this one waits for: it may lead to the same gateway, which takes one session of a worker.
    ///   - jobs: Of all networks.
    ///   - drainTimeout: How long the jobs of a network that was removed may take.
    ///   - logger: For the service's own life.
    init(
        _ section: NetworkSection,
        _ connection: NetworkConnection,
        after predecessor: NetworkMember?,
        jobs: JobCoordinator,
        drainTimeout: @escaping @Sendable () -> Duration,
        logger: Logger
    ) {
        self.section = section
        self.connection = connection
        self.predecessor = predecessor
        self.jobs = jobs
        self.drainTimeout = drainTimeout
        self.logger = logger
        (left, leave) = AsyncStream.makeStream()
        (ended, end) = AsyncStream.makeStream()
    }

    var description: String { "network \(section.name)" }

    /// Takes no more jobs from it, and closes the session when those that run are done.
    func retire() {
        connection.leave(reason: "the worker's operator removed this network")
        isRetired.store(true, ordering: .relaxed)
        leave.finish()
    }

    func run() async throws {
        defer { end.finish() }
        if let predecessor { await cancelWhenGracefulShutdown { for await _ in predecessor.ended {} } }
        // A group of its own, because it can be shut down gracefully without the others.
        let group = ServiceGroup(services: [connection], logger: logger)
        try await withThrowingDiscardingTaskGroup { tasks in
            tasks.addTask {
                defer { self.leave.finish() }
                try await group.run()
            }
            for await _ in self.left {}
            if self.isRetired.load(ordering: .relaxed) {
                await cancelWhenGracefulShutdown { await self.waitForJobs() }
            }
            await group.triggerGracefulShutdown()
        }
    }

    private func waitForJobs() async {
        guard let gateway = connection.network.gateway.flatMap({ try? Address(base58: $0) }) else { return }
        let timeout = drainTimeout()
        await withTaskGroup { race in
            race.addTask { try? await Task.sleep(for: timeout) }
            race.addTask { await self.jobs.waitUntilIdle(gateway) }
            await race.next()
            race.cancelAll()
        }
    }
}
