import Foundation
import Operations
import TestSupport
import Testing

@testable import Worker

@Suite(.timeLimit(.minutes(1)))
struct WorkerControlsTests {
    private let folder: TemporaryDirectory
    private let network = ScriptedNetwork()

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
                timeout: .zero,
                notifier: notifier,
                logger: worker.log.logger
            ),
            pauseFlag: flag,
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
