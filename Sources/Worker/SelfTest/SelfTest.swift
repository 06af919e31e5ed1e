import Operations
import Synchronization
import WorkerProtocol

/// The test job that this worker has asked one network for, if it has: it says which offers are tests, and keeps the
/// steps.
final class SelfTest: Sendable {
    /// The gateway gives a job at most its own deadline; this is that and the way to and fro.
    static let timeout: Duration = .seconds(150)

    private struct Run {
        var model: String
        var startedAt: ContinuousClock.Instant
        var steps: [SelfTestReport.Step] = []
    }

    let question = NetworkQuestion<WireSelfTestResult>()
    private let run = Mutex<Run?>(nil)

    init() {}

    /// Whether an offer may be a test: only while one was asked for.
    var isExpected: Bool { question.isOpen }

    /// Takes note of what happened to the test job.
    func record(_ event: JobEvent, at now: ContinuousClock.Instant = .now) {
        guard let step = Self.step(event) else { return }
        add(step.name, step.message, at: now)
    }

    private func add(_ name: String, _ message: String, at now: ContinuousClock.Instant = .now) {
        run.withLock { run in
            guard let started = run?.startedAt else { return }
            let elapsed = Int((now - started).nanoseconds / 1_000_000)
            run?.steps.append(.init(name: name, afterMs: elapsed, message: message))
        }
    }

    private static func step(_ event: JobEvent) -> (name: String, message: String)? {
        switch event.kind {
        case .offered: nil
        case .accepted: ("accepted", "the offer came and was accepted: \(event.jobID)")
        case .refused(let reason): ("refused", "this worker refused the offer (\(reason)): \(event.message ?? "")")
        case .finished: ("finished", "the backend answered, and the receipt is signed")
        case .lost(let code): ("lost", "the job ended without a result (\(code)): \(event.message ?? "")")
        case .settled: ("settled", "the network accepted the receipt")
        case .unpaid(let reason): ("unpaid", "the network refused the receipt (\(reason)): \(event.message ?? "")")
        }
    }

    /// Runs a test; one at a time.
    ///
    /// - Parameters:
    ///   - model: The network's id.
    ///   - network: The name of the section, for the report.
    ///   - send: Sends the question with this number; false if no session stands.
    /// - Returns: How it went; a failure is a report too.
    /// - Throws: ``QuestionFailure/busy`` while another test runs.
    func perform(model: String, network: String, send: (UInt64) -> Bool) async throws -> SelfTestReport {
        let isFirst = run.withLock { run in
            guard run == nil else { return false }
            run = Run(model: model, startedAt: .now)
            return true
        }
        guard isFirst else { throw QuestionFailure.busy }
        defer { run.withLock { $0 = nil } }
        add("asked", "asked network \(network) for a test job for \(model)")
        var report = SelfTestReport(network: network, model: model, passed: false, message: "", steps: [])
        do {
            let result = try await question.ask(timeout: Self.timeout, send: send)
            report.take(result)
            add("answered", result.passed ? "the network says that the test passed" : report.message)
        } catch let failure as QuestionFailure {
            report.message = "\(failure)"
            add("answered", report.message)
        }
        report.steps = run.withLock { $0?.steps ?? [] }
        return report
    }
}

extension SelfTestReport {
    fileprivate mutating func take(_ result: WireSelfTestResult) {
        passed = result.passed
        message = SafeText.line(result.message.prefix(500))
        if message.isEmpty { message = passed ? "passed" : "the network says no more than that it failed" }
        jobID = result.jobID.isEmpty ? nil : SafeText.line(result.jobID.prefix(64))
        if result.timeToFirstTokenMs > 0 { timeToFirstTokenMs = Int(result.timeToFirstTokenMs) }
        if result.completionTokens > 0 { completionTokens = Int(result.completionTokens) }
    }
}
