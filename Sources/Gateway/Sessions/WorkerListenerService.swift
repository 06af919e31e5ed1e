import Logging
import Operations
import ServiceLifecycle
import WorkerProtocol
import WorkerTransport

/// Takes the workers that dial in, until a graceful shutdown.
struct WorkerListenerService: Service {
    let listener: any NetworkListener
    let session: NetworkSession.Configuration
    let hub: WorkerHub
    let jobs: JobCoordinator
    let clock: WallClock
    let logger: Logger
    /// Called once with the port, when workers can dial.
    let onListening: @Sendable (Int) -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await listener.listen(onListening: onListening) { stream in
                let connection = WorkerConnection(
                    peer: stream.peerAddress,
                    configuration: session,
                    hub: hub,
                    jobs: jobs,
                    clock: clock,
                    logger: logger
                )
                await connection.run(stream)
            }
        }
    }
}

/// Tells the jobs the time, four times a second: their deadlines are seconds, so none needs a timer of its own.
struct JobClock: Service {
    static let period: Duration = .milliseconds(250)
    let jobs: JobCoordinator

    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.period)
                jobs.timeReached(.now)
            }
        }
    }
}
