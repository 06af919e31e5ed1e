import Operations
import TestSupport

@testable import Worker

extension TestWorker {
    /// A reload that reads what `read` makes.
    func reload(_ read: @escaping @Sendable () throws -> WorkerConfiguration) -> ConfigurationReload {
        ConfigurationReload(read: read, parts: parts, setLogLevel: { _ in }, logger: log.logger)
    }

    /// Reloads this text.
    @discardableResult
    func reload(_ text: String) async throws -> ConfigurationChange {
        try await reload {
            try WorkerConfiguration(ConfigurationFile(text: text, path: "/test/worker.toml"))
        }.reload()
    }
}
