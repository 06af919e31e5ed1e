import Backends
import InferenceAPI
import Logging
import Operations
import ServiceLifecycle
import Signing
import TestSupport
import Testing
import WorkerProtocol
import WorkerStore

@testable import Worker

/// A worker's parts over scripted networks and a scripted backend, with a real database.
struct TestWorker {
    let identity: Identity
    let parts: WorkerParts
    let store: WorkerStore
    let backend: ScriptedBackend
    let log: LogRecorder

    var address: Address { identity.address }

    /// Returns once the daemon has logged that a job came to its end on disk.
    func untilLogged(_ message: String) async throws {
        _ = try #require(await log.next(message))
    }

    /// Returns once the daemon has logged each of these messages, in any order.
    func untilLogged(all messages: Set<String>) async throws {
        try #require(await log.next(all: messages))
    }

    /// The row of a job.
    func job(_ id: JobID) async throws -> JobRecord {
        try #require(await store.history.job(id.description))
    }
}

/// Runs a worker while `body` runs, then shuts it down in order.
///
/// The networks are run too, the first `configured` of them being in the configuration; `others` are backends of other
/// names, for configurations that a test loads; `path` is the database's file. Throws what `body` throws.
func withWorker(
    _ networks: [ScriptedNetwork],
    backend: ScriptedBackend,
    others: [ScriptedBackend] = [],
    configured: Int? = nil,
    slots: Int = 4,
    identity: Identity = .generate(),
    path: String,
    _ body: @Sendable (TestWorker) async throws -> Void
) async throws {
    let log = LogRecorder()
    let logger = log.logger
    let store = try WorkerStore(path: path, startedAt: WallClock.live.nowMilliseconds, logger: logger)
    let configuration = try WorkerConfiguration.test(slots: slots, networks: configured ?? networks.count)
    let transports = Dictionary(uniqueKeysWithValues: networks.enumerated().map { ("\($0)", $1.transport) })
    let parts = try WorkerParts(
        configuration: configuration,
        makeBackend: { settings in (others.first { $0.name == settings.name }) ?? backend },
        identity: identity,
        store: store,
        dialling: .init { network in
            transports[network.name] ?? InProcessNetwork()
        } pause: { _ in
            await Task.yield()
        },
        logger: logger
    )
    let worker = TestWorker(identity: identity, parts: parts, store: store, backend: backend, log: log)
    let group = ServiceGroup(
        services: parts.services,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        for network in networks { tasks.addTask { try await network.run() } }
        for network in networks { await network.transport.untilListening() }
        tasks.addTask { try await group.run() }
        do {
            try await body(worker)
        } catch {
            tasks.cancelAll()
            throw error
        }
        parts.jobs.abandonJobs()
        await group.triggerGracefulShutdown()
        tasks.cancelAll()
        // Cancelled networks throw; what a test expects it has seen by now.
        while (try? await tasks.next()) != nil {}
    }
    await store.shutDown()
}

extension WorkerConfiguration {
    /// A worker that hosts ``TestOffer/model``.
    static func test(slots: Int = 4, networks: Int = 1) throws -> WorkerConfiguration {
        try WorkerConfiguration(
            ConfigurationFile(text: testText(slots: slots, networks: networks), path: "/test/worker.toml")
        )
    }

    /// The file of ``test(slots:networks:)``.
    static func testText(slots: Int = 4, networks: Int = 1) -> String {
        var text = """
            [worker]
            name = "test"
            [[backend]]
            name = "scripted"
            kind = "openai"
            url = "http://127.0.0.1:9/v1"
            [[model]]
            id = "tiny-chat"
            backend = "scripted"
            max_concurrent_jobs = \(slots)
            context_window = 2048

            """
        for network in 0..<networks {
            text += "[[network]]\nname = \"\(network)\"\nurl = \"http://127.0.0.1:\(7443 + network)\"\n"
        }
        return text
    }
}
