import Foundation
import Logging
import Operations
import TestSupport
import Testing

@testable import Worker

@Suite(.timeLimit(.minutes(1)))
struct WorkerControlsTests {
    private let folder: TemporaryDirectory
    private let network = ScriptedNetwork()
    private let output = LogOutput(format: .text, destination: .plain, level: .info)

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func controls(_ worker: TestWorker, flag: StateFlag) -> WorkerControls {
        let notifier = ServiceNotifier(environment: [:])
        return WorkerControls(
            jobs: worker.parts.jobs,
            networks: worker.parts.networks,
            shutdown: DrainService(
                jobs: worker.parts.jobs,
                networks: worker.parts.networks,
                timeout: { .zero },
                notifier: notifier,
                logger: worker.log.logger
            ),
            pauseFlag: flag,
            configuration: worker.reload { worker.parts.configuration.current },
            logLevel: LogLevelControl(output: output, logger: worker.log.logger),
            logger: worker.log.logger
        )
    }

    @Test func `a pause is kept for the next start until it is taken back`() async throws {
        let folder = folder
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            let flag = StateFlag(directory: folder.path, name: "paused")
            let controls = controls(worker, flag: flag)
            try controls.pause()
            #expect(flag.isSet)
            #expect(worker.parts.jobs.admission.pause?.cause == .operator)
            try controls.resume()
            #expect(!flag.isSet)
            #expect(worker.parts.jobs.admission.pause == nil)
        }
    }

    @Test func `the log level can be set, and what it was is told`() async throws {
        let (folder, output) = (folder, output)
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            let controls = controls(worker, flag: StateFlag(directory: folder.path, name: "paused"))
            #expect(controls.logLevel.set(.debug) == LogLevelReport(level: "debug", former: "info"))
            #expect(output.level == .debug)
        }
    }

    @Test func `a configuration that cannot be used is refused with every problem, as wrong usage`() async throws {
        let folder = folder
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            let reload = worker.reload { try WorkerConfiguration(path: "/nowhere/worker.toml") }
            var controls = controls(worker, flag: StateFlag(directory: folder.path, name: "paused"))
            controls.configuration = reload
            let error = await #expect(throws: LocalAPIError.self) { try await controls.reload() }
            #expect(error?.code == "invalid_configuration")
            #expect(error?.message.contains("/nowhere/worker.toml: found") == true)
        }
    }

    @Test func `a pause that cannot be kept holds all the same, and says so`() async throws {
        let folder = folder
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            let flag = StateFlag(directory: "\(folder.path)/missing", name: "paused")
            let error = #expect(throws: LocalAPIError.self) { try controls(worker, flag: flag).pause() }
            #expect(error?.code == "pause_not_kept")
            #expect(error?.message.contains("missing/paused") == true)
            #expect(worker.parts.jobs.admission.isPausedByOperator)
        }
    }
}
