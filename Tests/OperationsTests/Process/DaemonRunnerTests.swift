import Glibc
import Logging
import ServiceLifecycle
import Testing
import UnixSignals

@testable import Operations

@Suite(.timeLimit(.minutes(1)))
struct DaemonRunnerTests {
    @Test func `the first signal shuts down, the second ends at once, a hang-up reloads`() {
        var state = DaemonRunner.SignalState()
        #expect(state.received(.sighup) == .reload)
        #expect(state.received(.sigterm) == .shutDown)
        #expect(state.received(.sighup) == .reload)
        #expect(state.received(.sigint) == .endAtOnce(status: 130))
        #expect(state.received(.sigterm) == .endAtOnce(status: 143))
    }

    /// Tells when it runs, and ends with the shutdown.
    private struct Waiter: Service {
        let started: AsyncStream<Void>.Continuation

        func run() async throws {
            self.started.finish()
            try await gracefulShutdown()
        }
    }

    @Test func `real signals reload and shut down`() async throws {
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let (reloads, reload) = AsyncStream.makeStream(of: Void.self)
        let runner = DaemonRunner(
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            notifier: ServiceNotifier(environment: [:]),
            onReload: { reload.yield() }
        )
        async let running: Void = runner.run([Waiter(started: start)])
        for await _ in started {}
        kill(getpid(), SIGHUP)
        var iterator = reloads.makeAsyncIterator()
        await iterator.next()
        kill(getpid(), SIGTERM)
        try await running
    }

    private struct Failure: Error {}

    private struct Broken: Service {
        func run() async throws { throw Failure() }
    }

    @Test func `the end of one service ends the others, and its error is the daemon's`() async {
        let (_, start) = AsyncStream.makeStream(of: Void.self)
        let runner = DaemonRunner(
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            notifier: ServiceNotifier(environment: [:]),
            onReload: {}
        )
        await #expect(throws: Failure.self) { try await runner.run([Waiter(started: start), Broken()]) }
    }
}
