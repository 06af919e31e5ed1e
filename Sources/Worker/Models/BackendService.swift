import Backends
import ServiceLifecycle

/// Runs a backend's long-lived part among the daemon's services.
struct BackendService: Service, CustomStringConvertible {
    let backend: any InferenceBackend

    var description: String { "backend \(backend.name)" }

    func run() async throws {
        try await backend.run()
    }
}
