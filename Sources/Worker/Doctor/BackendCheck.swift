import Backends
import InferenceAPI
import Operations
import ServiceLifecycle
import Synchronization

/// Asks a backend for one token of each of its models.
struct BackendCheck: DoctorCheck {
    let backend: any InferenceBackend
    let models: [ModelSection]
    let timeouts: GenerationTimeouts
    /// Whether the worker starts the backend itself.
    let isSupervised: Bool
    let daemon: DaemonView
    /// How long a supervised backend may take to load its model.
    var startLimit: Duration = .seconds(300)
    var clock: any Clock<Duration> = ContinuousClock()
    var name: String { "backend \(backend.name)" }
    var timeLimit: Duration { startLimit + (timeouts.connect + timeouts.firstToken) * models.count + .seconds(30) }

    func examine() async -> [DoctorFinding] {
        guard !models.isEmpty else {
            return [.warning(name, "no [[model]] uses it", remedy: "add a [[model]], or remove the backend")]
        }
        guard isSupervised else { return await ask() }
        switch daemon {
        case .running(let status): return models.map { finding($0, in: status) }
        case .silent: return [.ok(name, "not looked at: the daemon runs it, and cannot be asked")]
        case .down: return await whileRunning { await started() }
        }
    }

    // MARK: Through the daemon

    private func finding(_ model: ModelSection, in status: WorkerStatus) -> DoctorFinding {
        let name = "model \(model.id)"
        guard let entry = status.models.first(where: { $0.id == model.id }) else {
            return .warning(
                name,
                "the daemon does not host it: it was started with another configuration",
                remedy: "`\(WorkerDaemon.program) reload`, or restart it"
            )
        }
        let reason = entry.reason.map { ": \($0)" } ?? ""
        let detail =
            "\(entry.health)\(reason), by the daemon that runs it; \(entry.inFlight) of \(entry.slots) slots in use"
        switch entry.health {
        case "healthy", "unloaded": return .ok(name, detail)
        case "starting": return .warning(name, detail, remedy: "a large model takes minutes; see `status` again")
        default: return .fault(name, detail, remedy: "the daemon's log has the backend's last lines")
        }
    }

    // MARK: Itself

    /// Keeps the backend running while `body` asks it.
    private func whileRunning(_ body: () async -> [DoctorFinding]) async -> [DoctorFinding] {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await backend.run() }
            let findings = await body()
            group.cancelAll()
            return findings
        }
    }

    private func started() async -> [DoctorFinding] {
        let limit = Stopwatch(clock)
        while true {
            let health = await backend.probe()
            switch health.state {
            case .healthy:
                return await ask()
            case .starting where limit.elapsed < startLimit && !Task.isCancelled:
                try? await clock.sleep(for: .milliseconds(200))
            default:
                return [
                    .fault(
                        name,
                        "it did not start: \(health.reason)",
                        remedy: "run its command by hand and read what it prints"
                    )
                ]
            }
        }
    }

    private func ask() async -> [DoctorFinding] {
        let health = await backend.probe()
        var findings: [DoctorFinding] = []
        for model in models {
            findings.append(await ask(model))
            if findings.last?.result == .ok { findings += mismatches(model, health) }
        }
        return findings
    }

    private func ask(_ model: ModelSection) async -> DoctorFinding {
        let name = "model \(model.id)"
        let tokens = Mutex(0)
        let stopwatch = Stopwatch(clock)
        do {
            let request = try ModelQuestion.request(
                model: model.upstreamModel,
                prompt: "Hello",
                outputTokens: 1,
                timeouts: timeouts
            )
            let summary = try await backend.generate(request) { deltas in tokens.withLock { $0 += deltas.count } }
            guard tokens.withLock({ $0 }) > 0 || (summary.usage?.completionTokens ?? 0) > 0 else {
                return .fault(
                    name,
                    "asked one token of \(backend.name), and none came",
                    remedy: "see the backend's log"
                )
            }
            let time = HumanText.duration(stopwatch.elapsed)
            return .ok(name, "\(backend.name) answered one token of \(model.upstreamModel) in \(time)")
        } catch let error as BackendError {
            return .fault(name, "\(backend.name): \(error.message)", remedy: remedy(for: error.code, model))
        } catch {
            return .fault(name, "\(backend.name) was not asked", remedy: "run doctor again")
        }
    }

    private func remedy(for code: BackendError.Code, _ model: ModelSection) -> String {
        switch code {
        case .unavailable: "start the server, and check `url`"
        case .timeout: "see whether it still loads the model, or hangs; raise first_token_timeout_seconds if it is slow"
        case .protocolViolation:
            "check `url`: it must be the base of an OpenAI-compatible API, such as http://host:8000/v1"
        case .invalidRequest:
            "check `upstream_model` (\(model.upstreamModel)) and `api_key_file` against what the server expects"
        case .contextLengthExceeded: "give the server a larger context"
        case .unsupported: "remove what it does not serve from `features` of the [[model]] section"
        case .failed: "see the backend's log"
        }
    }

    /// What the backend says of itself against what the configuration promises the network.
    private func mismatches(_ model: ModelSection, _ health: BackendHealth) -> [DoctorFinding] {
        let name = "model \(model.id)"
        var findings: [DoctorFinding] = []
        if !isSupervised, !health.models.isEmpty, !health.models.contains(where: { $0.id == model.upstreamModel }) {
            let listed = health.models.prefix(5).map(\.id).joined(separator: ", ")
            findings.append(
                .warning(
                    name,
                    "\(backend.name) does not list \(model.upstreamModel), but \(listed)",
                    remedy: "correct `upstream_model`, unless the server takes any name"
                )
            )
        }
        if let window = health.contextWindow(of: model.upstreamModel), window < model.contextWindow {
            findings.append(
                .warning(
                    name,
                    "context_window is \(model.contextWindow), but \(backend.name) has \(window)",
                    remedy: "lower context_window, or long jobs fail; or give the server more"
                )
            )
        }
        if let slots = health.slots, slots < model.maxConcurrentJobs {
            findings.append(
                .warning(
                    name,
                    "max_concurrent_jobs is \(model.maxConcurrentJobs), but \(backend.name) runs \(slots) at once",
                    remedy:
                        "lower max_concurrent_jobs, or jobs wait; `\(WorkerDaemon.program) benchmark` suggests a number"
                )
            )
        }
        return findings
    }
}
