import ServiceLifecycle

/// Keeps scores fresh, tells workers what changed of their standing, and brings what is known of them to the disk,
/// until a graceful shutdown.
struct ReputationService: Service {
    /// How often it looks whether a worker has to be told something.
    static let period: Duration = .seconds(1)
    /// Every so many rounds scores are computed and changes kept.
    static let roundsBetweenKeeps = 5
    /// Every so many rounds all workers are kept, for the sake of their uptime: ten minutes.
    static let roundsBetweenFullKeeps = 600

    let hub: WorkerHub
    let jobs: JobCoordinator

    func run() async {
        await cancelWhenGracefulShutdown {
            var round = 0
            while !Task.isCancelled {
                if round % Self.roundsBetweenKeeps == 0 {
                    hub.refreshReputation(keepingAll: round > 0 && round % Self.roundsBetweenFullKeeps == 0)
                }
                jobs.sendChangedStandings(at: .now)
                round += 1
                try? await Task.sleep(for: Self.period)
            }
        }
        hub.refreshReputation(keepingAll: true)
    }
}
