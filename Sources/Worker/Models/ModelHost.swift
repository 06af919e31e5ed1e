import Backends
import Logging
import Operations
import ServiceLifecycle
import Synchronization
import WorkerProtocol

/// Holds the ``ModelTable`` and keeps asking every backend how it is.
final class ModelHost: Service {
    /// How often a backend is asked: rarely while all is well, often while somebody waits for it.
    struct Intervals: Sendable {
        var healthy: Duration = .seconds(5)
        var otherwise: Duration = .seconds(1)
    }

    private let backends: [any InferenceBackend]
    private let intervals: Intervals
    private let events: EventHub
    private let logger: Logger
    private let table: Mutex<ModelTable>
    /// Backends that a job's failure is having looked at.
    private let underInspection = Mutex<Set<String>>([])
    private let onChange = Mutex<(@Sendable () -> Void)?>(nil)

    init(
        models: [ModelSection],
        totalSlots: Int? = nil,
        backends: [any InferenceBackend],
        intervals: Intervals = Intervals(),
        events: EventHub = EventHub(),
        logger: Logger
    ) {
        self.backends = backends
        self.intervals = intervals
        self.events = events
        self.logger = logger
        table = Mutex(ModelTable(models, totalSlots: totalSlots))
    }

    /// Sets who is told when a model changes; once, before ``run()``.
    func notify(_ handler: @escaping @Sendable () -> Void) {
        onChange.withLock { $0 = handler }
    }

    func update<Value: Sendable>(_ change: (inout ModelTable) -> Value) -> Value {
        table.withLock { change(&$0) }
    }

    /// Takes a slot; see ``ModelTable/reserve(_:at:)``.
    func reserve(_ job: JobSize) throws(JobRefusal) {
        // `withLock` loses the type of what is thrown, so the refusal travels as a value.
        let refusal = table.withLock { table -> JobRefusal? in
            do throws(JobRefusal) {
                try table.reserve(job, at: .now)
                return nil
            } catch {
                return error
            }
        }
        if let refusal { throw refusal }
    }

    var snapshot: ModelTable { table.withLock { $0 } }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for backend in self.backends { group.addTask { await self.watch(backend) } }
            }
        }
    }

    private func watch(_ backend: any InferenceBackend) async {
        while !Task.isCancelled {
            let health = await backend.probe()
            if Task.isCancelled { return }
            probed(backend.name, health)
            let interval = health.state.takesJobs ? intervals.healthy : intervals.otherwise
            guard (try? await Task.sleep(for: interval)) != nil else { return }
        }
    }

    /// Asks a backend at once, because a job could not reach it or its reply broke off.
    ///
    /// The answer decides, not the failure: under load one broken connection is no proof that the backend is down, and
    /// withdrawing the model for it would send everyone away.
    func lookAgain(at name: String) {
        guard let backend = backends.first(where: { $0.name == name }),
            underInspection.withLock({ $0.insert(name).inserted })
        else { return }
        // A task of its own: the job that asks is about to end, and would take the probe with it. The probe has a time
        // limit, and there is one for a backend at most.
        Task {
            probed(name, await backend.probe())
            underInspection.withLock { _ = $0.remove(name) }
        }
    }

    /// Takes over what a probe found.
    func probed(_ backend: String, _ health: BackendHealth) {
        let changed = update { $0.probed(backend, health) }
        guard !changed.isEmpty else { return }
        logger.info(
            "backend changed",
            metadata: [
                "backend.name": "\(backend)", "backend.health": "\(health.state)", "backend.reason": "\(health.reason)",
                "models": "\(changed.joined(separator: ","))",
            ]
        )
        for model in changed {
            events.publish {
                WorkerEvent(
                    .modelChanged,
                    at: $0,
                    model: model,
                    reason: "\(health.state)",
                    message: health.reason.isEmpty ? nil : SafeText.line(health.reason)
                )
            }
        }
        onChange.withLock { $0 }?()
    }
}
