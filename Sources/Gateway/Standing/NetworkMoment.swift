import Signing

/// The workers' side as it is at one moment: what a standing is worked out from, without a lock.
struct NetworkMoment: Sendable {
    var registry: WorkerRegistry
    var reputation: ReputationBook
    var isDraining: Bool
    /// Unix milliseconds.
    var now: Int64
}
