import Backends
import Logging
import Operations

/// Makes backends for a command that stands beside the daemon, as the daemon makes its own.
struct BackendWorkshop: Sendable {
    let configuration: WorkerConfiguration
    let http: BackendHTTP
    /// Where supervised backends have their sockets; not the daemon's own folder, whose sockets may be in use.
    let runtimeDirectory: String
    let environment: [String: String]

    /// Makes a backend for the jobs that the configuration has it run.
    ///
    /// - Throws: ``ExitStatus/usage`` if the section cannot work here.
    func make(_ section: BackendSection) throws(CommandError) -> any InferenceBackend {
        let models = configuration.models.filter { $0.backend == section.name }
        let window = models.map(\.contextWindow).max() ?? 0
        return try make(section, slots: configuration.slots(ofBackend: section.name), contextWindow: window)
    }

    /// Makes a backend; a supervised one gets so many slots of so many tokens.
    ///
    /// - Throws: As ``make(_:)``.
    func make(
        _ section: BackendSection,
        slots: Int,
        contextWindow: Int
    ) throws(CommandError) -> any InferenceBackend {
        var settings = section.configuration
        if slots > 0 { settings.serve(slots: slots, contextWindow: contextWindow) }
        let factory = BackendFactory(
            http: http,
            runtimeDirectory: runtimeDirectory,
            environment: environment,
            // What the backend prints belongs into the daemon's log, not among the findings.
            logger: Logger(label: "backend") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
            return try factory.makeBackend(settings)
        } catch {
            throw CommandError(.usage, "backend \(section.name): \(error)", cause: error)
        }
    }
}

extension BackendSection {
    /// Whether the worker starts the backend itself.
    var isSupervised: Bool {
        if case .llamaServer = configuration.kind { true } else { false }
    }
}
