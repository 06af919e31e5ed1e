import Backends
import Operations
import ServiceLifecycle

/// Measures the configured backends directly, without a network.
package struct Benchmark: Sendable {
    private let configuration: WorkerConfiguration
    private let plan: BenchmarkPlan
    private let environment: [String: String]
    /// Hears what is being done, for people who wait.
    private let tell: @Sendable (String) -> Void

    /// How long a supervised backend may take to load its model.
    private static let startLimit: Duration = .seconds(900)

    package init(
        configuration: WorkerConfiguration,
        plan: BenchmarkPlan,
        environment: [String: String],
        tell: @escaping @Sendable (String) -> Void
    ) {
        self.configuration = configuration
        self.plan = plan
        self.environment = environment
        self.tell = tell
    }

    /// Measures one model after the other.
    ///
    /// - Throws: ``CommandError``: ``ExitStatus/usage`` for a model that is not configured, ``ExitStatus/failed`` if the
    ///   daemon uses the backend or it does not start.
    package func run() async throws -> BenchmarkReport {
        let models = try chosenModels()
        let daemon = await DaemonView.ask(configuration)
        for name in Set(models.map(\.backend)).sorted() { try permit(name, daemon) }
        let http = BackendHTTP.makeClient()
        let folder = RuntimeFolder(environment: environment)
        let result: Result<[ModelBenchmark], any Error>
        do {
            var results: [ModelBenchmark] = []
            for model in models { results.append(try await measure(model, http: http, folder: folder.path)) }
            result = .success(results)
        } catch {
            result = .failure(error)
        }
        folder.remove()
        try? await http.shutdown()
        return BenchmarkReport(models: try result.get())
    }

    private func chosenModels() throws(CommandError) -> [ModelSection] {
        for id in plan.models where !configuration.models.contains(where: { $0.id == id }) {
            let known = configuration.models.map(\.id).joined(separator: ", ")
            throw CommandError(
                .usage,
                "there is no [[model]] \"\(SafeText.line(id))\"",
                hint: "configured are: \(known)"
            )
        }
        let chosen = configuration.models.filter { plan.models.isEmpty || plan.models.contains($0.id) }
        guard !chosen.isEmpty else {
            throw CommandError(.usage, "no [[model]] is configured", hint: "there is nothing to measure")
        }
        return chosen
    }

    private func permit(_ name: String, _ daemon: DaemonView) throws(CommandError) {
        let isSupervised = configuration.backends.first { $0.name == name }?.isSupervised ?? false
        switch BenchmarkPermit(backend: name, isSupervised: isSupervised, daemon: daemon) {
        case .go: break
        case .warn(let text): tell("warning: \(text)")
        case .refuse(let text, let hint): throw CommandError(.failed, text, hint: hint)
        }
    }

    private func measure(_ model: ModelSection, http: BackendHTTP, folder: String) async throws -> ModelBenchmark {
        guard let section = configuration.backends.first(where: { $0.name == model.backend }) else {
            preconditionFailure("the model \(model.id) has the unknown backend \(model.backend)")
        }
        let workshop = BackendWorkshop(
            configuration: configuration,
            http: http,
            runtimeDirectory: folder,
            environment: environment
        )
        let backend = try workshop.make(
            section,
            slots: plan.concurrencies.last ?? 1,
            contextWindow: plan.window(in: model.contextWindow)
        )
        let load = ModelLoad(backend: backend, model: model.upstreamModel, timeouts: section.timeouts)
        guard section.isSupervised else { return try await measure(model, load) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await backend.run() }
            defer { group.cancelAll() }
            tell("\(model.id): starting \(section.name)")
            try await untilHealthy(backend)
            return try await measure(model, load)
        }
    }

    private func untilHealthy(_ backend: any InferenceBackend) async throws {
        let stopwatch = Stopwatch(ContinuousClock())
        while true {
            let health = await backend.probe()
            if health.state == .healthy { return }
            guard health.state == .starting, stopwatch.elapsed < Self.startLimit else {
                throw CommandError(
                    .failed,
                    "backend \(backend.name) did not start: \(health.reason)",
                    hint: "`\(WorkerDaemon.program) doctor` tells more"
                )
            }
            try await stopwatch.sleep(for: .milliseconds(200))
        }
    }

    private func measure(_ model: ModelSection, _ load: ModelLoad) async throws -> ModelBenchmark {
        let wordsPerToken: Double
        do {
            wordsPerToken = try await load.wordsPerToken()
        } catch {
            throw CommandError(
                .failed,
                "backend \(model.backend) does not answer for \(model.upstreamModel): \(error)",
                hint: "`\(WorkerDaemon.program) doctor` tells more",
                cause: error
            )
        }
        let words = Int(Double(plan.promptTokens(in: model.contextWindow)) * wordsPerToken)
        var loads: [LoadResult] = []
        for concurrency in plan.concurrencies {
            tell("\(model.id): \(HumanText.count(concurrency, "request")) at once")
            loads.append(await load.run(concurrency: concurrency, words: words, outputTokens: plan.outputTokens))
        }
        let suggestion = SlotSuggestion(loads)
        return ModelBenchmark(
            id: model.id,
            backend: model.backend,
            maxConcurrentJobs: model.maxConcurrentJobs,
            loads: loads,
            suggestedMaxConcurrentJobs: suggestion.slots,
            reason: suggestion.reason
        )
    }
}
