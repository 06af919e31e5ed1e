import Backends
import Signing
import WorkerStore

/// Everything that bears on whether this worker gets work, at one instant: what the status and `why` are made from.
struct WorkerSituation: Sendable {
    struct Network: Sendable {
        /// The configuration file's.
        var name: String
        var url: String
        var state: NetworkState

        /// The gateway's address, once it has proven one.
        var gateway: Address? { state.gateway.flatMap { try? Address(base58: $0) } }

        /// What the network says of a model, while its word counts.
        func standing(of model: String) -> NetworkStanding.Model? {
            state.isConnected ? state.standing?[model] : nil
        }
    }

    var admission = Admission()
    /// When the last pause ended; `nil` if there was none.
    var openSince: ContinuousClock.Instant?
    var uptime: Duration = .zero
    var networks: [Network] = []
    var models: [ModelTable.Entry] = []
    var activity: ActivityWindow
    /// What became of the jobs of the last day.
    var lastDay = LastDay()
    /// What the last comparisons with the networks' records found.
    var reconciled = ReconciliationList(networks: [])
    var now: ContinuousClock.Instant
    /// Unix milliseconds by this machine's clock.
    var nowMilliseconds: Int64

    /// What became of the jobs of the last day, as the database has them.
    struct LastDay: Sendable, Equatable {
        var hasSettled = false
        /// Unpaid jobs by reason.
        var unpaid: [String: Int] = [:]

        var unpaidCount: Int { unpaid.values.reduce(0, +) }
    }
}

extension WorkerSituation {
    /// How long a worker that used to get work may go without an offer while others get some.
    static let patience: Duration = .seconds(900)

    /// Since when no offer came, where offers used to come and the networks have jobs for this worker's models.
    ///
    /// `nil` while all is as it was: offers come, or nobody asks for these models, or none ever came.
    var drought: Drought? {
        guard lastDay.hasSettled || activity.lastOffer() != nil else { return nil }
        let sinceLastOffer = activity.lastOffer().map { now - $0 } ?? uptime
        // Nobody makes offers to a worker that takes none.
        let spell = min(sinceLastOffer, openSince.map { now - $0 } ?? sinceLastOffer)
        guard spell >= Self.patience else { return nil }
        for network in networks where network.state.isConnected {
            let connected = Duration.milliseconds(nowMilliseconds - network.state.sinceMilliseconds)
            guard connected >= Self.patience else { continue }
            for model in models where model.health.takesJobs {
                guard let standing = network.standing(of: model.section.id), standing.jobsElsewhere > 0 else {
                    continue
                }
                return Drought(
                    length: spell,
                    network: network.name,
                    model: model.section.id,
                    jobsElsewhere: standing.jobsElsewhere
                )
            }
        }
        return nil
    }

    /// No offers, although callers ask.
    struct Drought: Sendable, Equatable {
        var length: Duration
        var network: String
        var model: String
        /// That went to other workers, or wait.
        var jobsElsewhere: Int
    }
}

extension NetworkStanding.Model {
    /// Jobs of the last hour that went to other workers, and those that wait.
    var jobsElsewhere: Int { max(0, jobsLastHour - jobsHereLastHour) + jobsWaiting }
}

extension WorkerSituation.LastDay {
    init(_ outcomes: RecentOutcomes) {
        self.init(hasSettled: outcomes.hasSettled, unpaid: outcomes.unpaid)
    }
}
