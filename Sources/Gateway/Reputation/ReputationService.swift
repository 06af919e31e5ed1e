import ServiceLifecycle

/// Keeps scores fresh and brings what is known of workers to the disk, until a graceful shutdown.
struct ReputationService: Service {
    /// How often scores are computed and changes kept.
    static let period: Duration = .seconds(5)
    /// Every so many rounds all workers are kept, for the sake of their uptime: ten minutes.
    static let roundsBetweenFullKeeps = 120

    let hub: WorkerHub

    func run() async {
        await cancelWhenGracefulShutdown {
            var round = 0
            while !Task.isCancelled {
                round += 1
                hub.refreshReputation(keepingAll: round % Self.roundsBetweenFullKeeps == 0)
                try? await Task.sleep(for: Self.period)
            }
        }
        hub.refreshReputation(keepingAll: true)
    }
}
