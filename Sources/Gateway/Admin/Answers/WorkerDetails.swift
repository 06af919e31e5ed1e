/// A worker, as the admin API shows it: what the records know of it and, while it is connected, its session.
package struct WorkerDetails: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable {
        /// Takes jobs.
        case ready
        /// Connected; takes no jobs for now, and says why in its session.
        case paused
        /// Connected; it finishes its jobs and takes no more.
        case draining
        /// Not connected.
        case offline
    }

    /// A model that it hosts.
    package struct Model: Codable, Sendable, Equatable {
        package var id: String
        package var slots: Int
        /// Slots that jobs of this network hold.
        package var inFlight: Int
        package var contextWindow: Int
        /// `tools`, `structured_output`, `logprobs`; sorted.
        package var features: [String]
        package var isHealthy: Bool
        /// `healthy`, `unloaded` (loads with the next job), `starting` or `unhealthy`.
        package var health: String
        /// Why it is not healthy; else empty.
        package var reason: String

        private enum CodingKeys: String, CodingKey {
            case id
            case slots
            case inFlight = "in_flight"
            case contextWindow = "context_window"
            case features
            case isHealthy = "is_healthy"
            case health
            case reason
        }
    }

    /// Why it takes no jobs for now, in its own words.
    package struct Pause: Codable, Sendable, Equatable {
        /// `operator`, `schedule`, `fault` or `unspecified`.
        package var cause: String
        package var reason: String
    }

    /// Why the network does not take it.
    package struct Ban: Codable, Sendable, Equatable {
        /// RFC 3339.
        package var since: String
        package var reason: String
    }

    /// What is known while it is connected.
    package struct Session: Codable, Sendable, Equatable {
        package var id: String
        package var connectedSeconds: Int
        /// Base58.
        package var payoutAddress: String
        /// The worker's share, in basis points.
        package var shareBPS: Int
        package var pause: Pause?
        /// Sorted by id.
        package var models: [Model]

        private enum CodingKeys: String, CodingKey {
            case id
            case connectedSeconds = "connected_seconds"
            case payoutAddress = "payout_address"
            case shareBPS = "share_bps"
            case pause
            case models
        }
    }

    /// Base58.
    package var address: String
    package var name: String
    package var software: String
    package var state: State
    package var session: Session?
    /// RFC 3339; nil in the moment before the first session is on disk.
    package var firstSeenAt: String?
    package var lastSeenAt: String?
    package var jobsSettled: Int
    package var receiptsRefused: Int
    /// nil if it was never offered a job.
    package var reputation: ReputationDetails?
    package var ban: Ban?

    private enum CodingKeys: String, CodingKey {
        case address
        case name
        case software
        case state
        case session
        case firstSeenAt = "first_seen_at"
        case lastSeenAt = "last_seen_at"
        case jobsSettled = "jobs_settled"
        case receiptsRefused = "receipts_refused"
        case reputation
        case ban
    }
}
