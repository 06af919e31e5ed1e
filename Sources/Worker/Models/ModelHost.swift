import Backends
import Logging
import Operations
import Synchronization
import WorkerProtocol

/// Holds the ``ModelTable``, and tells who must know that it changed.
final class ModelHost: Sendable {
    private let events: EventHub
    private let logger: Logger
    private let table: Mutex<ModelTable>
    private let onChange = Mutex<(@Sendable () -> Void)?>(nil)

    init(_ configuration: WorkerConfiguration, events: EventHub = EventHub(), logger: Logger) {
        self.events = events
        self.logger = logger
        table = Mutex(ModelTable(configuration.models, totalSlots: configuration.worker.maxConcurrentJobs))
    }

    /// Sets who is told when a model changes; once, before any backend runs.
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

    /// Takes over a changed configuration; see ``ModelTable/configure(_:totalSlots:)``.
    func configure(_ configuration: WorkerConfiguration) {
        update { $0.configure(configuration.models, totalSlots: configuration.worker.maxConcurrentJobs) }
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
