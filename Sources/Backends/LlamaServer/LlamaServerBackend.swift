package import InferenceAPI
package import Logging
import ServiceLifecycle
import Synchronization

/// A llama-server that the worker starts, watches, starts again and stops.
///
/// It listens on a Unix socket in a directory of its own and is spoken to like any ``OpenAIBackend``. When it starts is
/// decided by ``LlamaServerSupervision``; what of its output is logged, by ``LlamaServerLog``.
package final class LlamaServerBackend: InferenceBackend {
    package let name: String
    private let configuration: Configuration
    private let directory: SocketDirectory
    private let environment: [String: String]
    private let server: OpenAIBackend
    private let runner: any ChildProcessRunner
    private let checkHealth: @Sendable () async -> Bool
    let stopwatch: Stopwatch
    private let logger: Logger
    private let state: Mutex<State>
    let startWaiters = StartWaiters()
    /// Told when a request wants a server that is not started; one pending word is enough.
    let demand: AsyncStream<Void>.Continuation
    private let demands: AsyncStream<Void>

    private struct State {
        var supervision: LlamaServerSupervision
        /// Of the current process; a new one has seen no prompt yet.
        var log = LlamaServerLog()
        /// Stops the current process, saying why; `nil` between two.
        var stop: AsyncStream<String>.Continuation?
    }

    /// - Parameters:
    ///   - name: The backend's name in the configuration.
    ///   - configuration: What to start.
    ///   - runtimeDirectory: Where the directory of its socket is made; only the worker's user may write there.
    ///   - environment: The worker's environment, of which the server gets a part.
    ///   - http: A client made by ``BackendHTTP/makeClient(eventLoopGroup:)``, shut down by who made it.
    ///   - clock: What waits and timeouts are measured on.
    ///   - logger: For the server's starts and ends, and its output.
    /// - Throws: ``SettingError`` of `name` if no socket can be made of it.
    package convenience init(
        name: String,
        configuration: Configuration,
        runtimeDirectory: String,
        environment: [String: String],
        http: BackendHTTP,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) throws(SettingError) {
        try self.init(
            name: name,
            configuration: configuration,
            runtimeDirectory: runtimeDirectory,
            environment: environment,
            http: http,
            clock: clock,
            logger: logger,
            runner: SubprocessRunner(),
            checkHealth: nil
        )
    }

    /// The initializer with the process and the question after its health to choose; `nil` asks over HTTP.
    init(
        name: String,
        configuration: Configuration,
        runtimeDirectory: String,
        environment: [String: String],
        http: BackendHTTP,
        clock: any Clock<Duration>,
        logger: Logger,
        runner: any ChildProcessRunner,
        checkHealth: (@Sendable () async -> Bool)?
    ) throws(SettingError) {
        let directory = try SocketDirectory(parent: runtimeDirectory, name: name)
        let server = OpenAIBackend(
            name: name,
            configuration: .init(endpoint: try OpenAIEndpoint(socket: directory.socket)),
            http: http,
            clock: clock,
            logger: logger,
            restarts: true
        )
        self.name = name
        self.configuration = configuration
        self.directory = directory
        self.environment = LlamaServerArguments.environment(from: environment)
        self.server = server
        self.runner = runner
        self.checkHealth = checkHealth ?? { await server.isHealthy() }
        stopwatch = Stopwatch(clock)
        var logger = logger
        logger[metadataKey: "backend.name"] = "\(name)"
        self.logger = logger
        state = Mutex(State(supervision: LlamaServerSupervision(policy: configuration.restart)))
        (demands, demand) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func probe() async -> BackendHealth {
        if let health = supervisedHealth() { return health }
        let health = await server.probe()
        // It may have ended while it was asked; then why is better than that the connection failed.
        return supervisedHealth() ?? health
    }

    package func generate(
        _ request: GenerationRequest,
        deliver: @Sendable ([ChoiceDelta]) async throws -> Void
    ) async throws -> GenerationSummary {
        let start = stopwatch.elapsed
        try await admitRequest(within: min(request.timeouts.firstToken, request.timeouts.total))
        defer { state.withLock { $0.supervision.requestEnded(at: stopwatch.elapsed) } }
        state.withLock { $0.log.requestWillBeSent() }
        var request = request
        request.timeouts.total -= stopwatch.elapsed - start
        do {
            return try await server.generate(request, deliver: deliver)
        } catch {
            if server.isHanging {
                // It answers `/health` and nothing else; only a new process helps.
                stop(because: "\(StallWatch.limit) requests in a row got no output in time")
            }
            throw error
        }
    }

    /// What the supervision says to a request.
    func requestCame() -> LlamaServerSupervision.OnRequest {
        state.withLock { $0.supervision.requestCame(at: stopwatch.elapsed) }
    }

    private func stop(because reason: String) {
        _ = state.withLock { $0.stop?.yield(reason) }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let reason = await self.runOnce()
                if Task.isCancelled { break }
                let next = self.state.withLock { $0.supervision.ended(reason, at: self.stopwatch.elapsed) }
                self.startWaiters.wake()
                switch next {
                case .stayStopped:
                    break
                case .startOnDemand:
                    self.logger.info("llama-server is unloaded")
                    await self.waitUntilWanted()
                case .startAgain(.zero):
                    self.logger.info("llama-server is unloaded")
                case .startAgain(let wait):
                    self.logger.warning(
                        "llama-server ended",
                        metadata: ["backend.reason": "\(reason)", "backend.wait": "\(wait)"]
                    )
                    try? await self.stopwatch.sleep(for: wait)
                }
            }
        }
        state.withLock { $0.supervision.stopping() }
        startWaiters.wake()
        directory.remove()
        logger.info("llama-server stopped")
    }

    /// Waits until a request wants the server, or the task is cancelled.
    private func waitUntilWanted() async {
        while !state.withLock({ $0.supervision.isWanted }) {
            var requests = demands.makeAsyncIterator()
            guard await requests.next() != nil else { return }
        }
    }

    private func supervisedHealth() -> BackendHealth? {
        state.withLock { $0.supervision.health(at: stopwatch.elapsed) }
    }

    /// Starts the server and returns, when it has ended, why.
    private func runOnce() async -> String {
        let (stops, stop) = AsyncStream<String>.makeStream()
        state.withLock { state in
            state.log = LlamaServerLog()
            state.stop = stop
            state.supervision.launching(at: stopwatch.elapsed)
        }
        defer { state.withLock { $0.stop = nil } }
        server.restarted()
        do {
            try directory.prepare()
        } catch {
            return error.message
        }
        let launch = ChildLaunch(
            command: configuration.commandLine(socket: directory.socket),
            environment: environment,
            stopWaits: configuration.stopWaits
        )
        logger.info("llama-server starts", metadata: ["backend.model_file": "\(configuration.modelFile)"])
        let end = await withTaskGroup(of: Turn.self) { turns in
            turns.addTask { await self.runProcess(launch) }
            turns.addTask { await self.waitUntilHealthy() }
            turns.addTask {
                for await reason in stops { return .unwanted(reason) }
                return .stopped
            }
            var stopReason: String?
            while let turn = await turns.next() {
                switch turn {
                case .healthy:
                    turns.addTask { await self.waitUntilUnused() }
                case .stopped:
                    continue
                case .unwanted(let reason):
                    stopReason = reason
                    turns.cancelAll()
                case .ended(let reason):
                    turns.cancelAll()
                    return stopReason ?? reason
                }
            }
            preconditionFailure("a process that was started has ended or not")
        }
        let dropped = state.withLock { $0.log.droppedLines }
        if dropped > 0 {
            logger.debug("output of llama-server was not logged", metadata: ["backend.lines": "\(dropped)"])
        }
        return end
    }

    /// What one of the tasks of a run came to.
    private enum Turn: Sendable {
        /// The server takes requests.
        case healthy
        /// It is to be stopped, for this reason.
        case unwanted(String)
        /// A wait was cancelled, because the process ends.
        case stopped
        /// The process ended, or could not be started.
        case ended(String)
    }

    private func runProcess(_ launch: ChildLaunch) async -> Turn {
        do {
            let exit = try await runner.run(launch) { [self] line in log(line) }
            let lastWords = state.withLock { $0.log.lastWords }
            return .ended("it \(exit)" + (lastWords.map { "; its last words: \($0)" } ?? ""))
        } catch {
            return .ended("it could not be started: \(type(of: error))")
        }
    }

    private func waitUntilHealthy() async -> Turn {
        let deadline = stopwatch.elapsed + configuration.startTimeout
        while stopwatch.elapsed < deadline {
            // Only the child that was started can answer: the socket is in a directory of its own, was removed before
            // the start, and when the child ends this task is cancelled.
            if await checkHealth(), !Task.isCancelled {
                state.withLock { $0.supervision.becameHealthy(at: stopwatch.elapsed) }
                startWaiters.wake()
                logger.info("llama-server is ready")
                return .healthy
            }
            guard (try? await stopwatch.sleep(for: Self.healthInterval)) != nil else { return .stopped }
        }
        return .unwanted("it was not ready within \(configuration.startTimeout)")
    }

    private func waitUntilUnused() async -> Turn {
        while true {
            switch state.withLock({ $0.supervision.lookForUse(at: stopwatch.elapsed) }) {
            case .unload:
                return .unwanted("nobody used it")
            case .wait(let duration):
                guard (try? await stopwatch.sleep(for: duration)) != nil else { return .stopped }
            }
        }
    }

    /// Between two questions whether a starting server is ready.
    private static let healthInterval = Duration.milliseconds(100)

    private func log(_ line: ArraySlice<UInt8>) {
        switch state.withLock({ $0.log.take(line) }) {
        case .text(let text):
            logger.debug("output of llama-server", metadata: ["backend.line": "\(text)"])
        case .remark(let remark):
            logger.warning("llama-server complains", metadata: ["backend.reason": "\(remark)"])
        case nil:
            break
        }
    }
}
