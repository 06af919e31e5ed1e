import Operations

/// Gathers a ``WorkerMetrics`` at each scrape.
struct MetricsReport: Sendable {
    let report: StatusReport
    let activity: WorkerActivity
    let databaseFile: String

    func page() async throws -> MetricsPage {
        WorkerMetrics(
            status: try await report.status(),
            tally: activity.sinceStart,
            sessions: Dictionary(
                report.networks.map { ($0.configuration.name, $0.network.sessions) },
                uniquingKeysWith: { first, _ in first }
            ),
            databaseBytes: databaseBytes,
            process: ProcessFigures()
        ).page
    }

    private var databaseBytes: Int? {
        guard let database = FileFacts(path: databaseFile)?.bytes else { return nil }
        return database + (FileFacts(path: databaseFile + "-wal")?.bytes ?? 0)
    }
}
