import AsyncHTTPClient
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Backends

/// The supervision around a process that a test plays.
@Suite struct LlamaServerBackendTests {
    @Test func `a server that ends is started again after the wait`() async throws {
        try await withPlayedServer { play in
            let first = await play.nextLaunch()
            #expect(first?.command.first == "llama-server")
            first?.end(.exited(code: 1))
            await play.waitForBackOff()
            let health = await play.backend.probe()
            #expect(health.state == .starting)
            #expect(health.reason.contains("it ended with exit code 1; its last words: error: no model"))
            play.clock.advance(by: .milliseconds(500))
            #expect(await play.nextLaunch() != nil)
        }
    }

    @Test func `jobs are refused with the reason while no server runs`() async throws {
        try await withPlayedServer(isHealthy: Health(false)) { play in
            let launch = await play.nextLaunch()
            let error = await expectError(.unavailable) {
                _ = try await play.backend.generate(GenerationRequest(body: [])) { _ in }
            }
            #expect(error?.message == "llama-server is loading its model")
            launch?.end(.signaled(number: 9))
            await play.waitForBackOff()
            let later = await expectError(.unavailable) {
                _ = try await play.backend.generate(GenerationRequest(body: [])) { _ in }
            }
            #expect(later?.message.contains("was killed by SIGKILL") == true)
        }
    }

    @Test func `a server that never becomes healthy is stopped and started again`() async throws {
        try await withPlayedServer(isHealthy: Health(false)) { play in
            let launch = await play.nextLaunch()
            _ = await play.clock.nextSleep()
            play.clock.advance(by: .seconds(900))
            #expect(await launch?.nextStop() == true)
            await play.waitForBackOff()
            let health = await play.backend.probe()
            #expect(health.reason.contains("it was not ready within"))
            play.clock.advance(by: .milliseconds(500))
            #expect(await play.nextLaunch() != nil)
        }
    }

    @Test func `cancelling stops the server and leaves nothing`() async throws {
        try await withPlayedServer { play in
            let launch = await play.nextLaunch()
            play.stop()
            #expect(await launch?.nextStop() == true)
            await play.waitUntilEnded()
            #expect(!fileExists("\(play.directory)/backend-llama"))
            #expect(await play.backend.probe().reason == "llama-server is stopped")
        }
    }

    @Test func `a server that nobody uses is stopped, and one start serves all jobs that want it`() async throws {
        try await withPlayedServer(unloadAfter: .seconds(60)) { play in
            let first = await play.nextLaunch()
            while let sleep = await play.clock.nextSleep(), sleep != .seconds(60) {}
            play.clock.advance(by: .seconds(60))
            #expect(await first?.nextStop() == true)
            _ = await play.log.next("llama-server is unloaded")
            #expect(await play.backend.probe().state == .unloaded)

            // No server listens on the played socket, so a job that is let through finds nothing there.
            let jobs = (0..<3).map { _ in
                Task { try await play.backend.generate(GenerationRequest(body: [])) { _ in } }
            }
            #expect(await play.nextLaunch() != nil)
            for job in jobs {
                let error = await expectError(.unavailable) { _ = try await job.value }
                #expect(error?.message == "the backend's socket does not exist")
            }
        }
    }

    @Test func `a job waits no longer for a server to load than for its first token`() async throws {
        try await withPlayedServer(isHealthy: Health(true), unloadAfter: .seconds(60)) { play in
            let first = await play.nextLaunch()
            while let sleep = await play.clock.nextSleep(), sleep != .seconds(60) {}
            play.clock.advance(by: .seconds(60))
            #expect(await first?.nextStop() == true)
            _ = await play.log.next("llama-server is unloaded")
            play.health.isGood.withLock { $0 = false }

            let job = Task { try await play.backend.generate(GenerationRequest(body: [])) { _ in } }
            while let sleep = await play.clock.nextSleep(), sleep != .seconds(90) {}
            play.clock.advance(by: .seconds(90))
            let error = await expectError(.timeout) { _ = try await job.value }
            #expect(error?.message.contains("did not load its model") == true)
        }
    }
}

/// What the played server answers to `/health`.
private final class Health: Sendable {
    let isGood: Mutex<Bool>

    init(_ isGood: Bool) {
        self.isGood = Mutex(isGood)
    }
}

/// A backend around a played process, and the means to play it.
private struct Play: Sendable {
    /// One start of the process.
    struct Launch: Sendable {
        var command: [String]
        private let exit: AsyncStream<ChildExit>.Continuation
        private let stops: AsyncStream<Void>

        init(command: [String], exit: AsyncStream<ChildExit>.Continuation, stops: AsyncStream<Void>) {
            self.command = command
            self.exit = exit
            self.stops = stops
        }

        func end(_ how: ChildExit) {
            exit.yield(how)
        }

        /// Waits until the process is told to stop.
        func nextStop() async -> Bool {
            for await _ in stops { return true }
            return false
        }
    }

    let backend: LlamaServerBackend
    let health: Health
    let log: LogRecorder
    let clock: ManualClock
    let directory: String
    let launches: AsyncStream<Launch>
    let run: Task<Void, any Error>

    func nextLaunch() async -> Launch? {
        for await launch in launches { return launch }
        return nil
    }

    /// Waits until the supervision waits before the next start; the questions after health sleep shorter.
    func waitForBackOff() async {
        while let sleep = await clock.nextSleep(), sleep != .milliseconds(500) {}
    }

    func stop() {
        run.cancel()
    }

    func waitUntilEnded() async {
        _ = try? await run.value
    }
}

/// Hands each launch to the test, which says how it ends.
private struct PlayedRunner: ChildProcessRunner {
    let launched: AsyncStream<Play.Launch>.Continuation

    func run(_ launch: ChildLaunch, line: @escaping @Sendable (ArraySlice<UInt8>) -> Void) async throws -> ChildExit {
        let (exits, exit) = AsyncStream<ChildExit>.makeStream()
        let (stops, stop) = AsyncStream<Void>.makeStream()
        line(Array("error: no model".utf8)[...])
        launched.yield(Play.Launch(command: launch.command, exit: exit, stops: stops))
        // A task of its own: the stream would end because ours is cancelled, and a process does not.
        let ended = Task { () -> ChildExit in
            for await how in exits { return how }
            preconditionFailure("a played process ended without saying how")
        }
        return await withTaskCancellationHandler {
            await ended.value
        } onCancel: {
            stop.yield()
            exit.yield(.signaled(number: 15))
        }
    }
}

private func withPlayedServer(
    isHealthy health: Health = Health(true),
    unloadAfter: Duration? = nil,
    _ body: (Play) async throws -> Void
) async throws {
    try await withTemporaryDirectory { directory in
        try await withHTTP { http in
            let clock = ManualClock()
            let (launches, launched) = AsyncStream<Play.Launch>.makeStream()
            let log = LogRecorder()
            var configuration = try LlamaServerBackend.Configuration(command: ["llama-server"], modelFile: "/m.gguf")
            configuration.restart.unloadAfter = unloadAfter
            let backend = try LlamaServerBackend(
                name: "llama",
                configuration: configuration,
                runtimeDirectory: directory,
                environment: [:],
                http: http,
                clock: clock,
                logger: log.logger,
                runner: PlayedRunner(launched: launched),
                checkHealth: { health.isGood.withLock { $0 } }
            )
            let run = Task { try await backend.run() }
            let play = Play(
                backend: backend,
                health: health,
                log: log,
                clock: clock,
                directory: directory,
                launches: launches,
                run: run
            )
            do {
                try await body(play)
            } catch {
                run.cancel()
                throw error
            }
            run.cancel()
            await play.waitUntilEnded()
        }
    }
}
