/// What `GET /v1/status` answers; member names are `snake_case` on the wire.
package struct WorkerStatus: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable, CaseIterable {
        /// Backends and networks have not all answered once yet.
        case starting
        /// Takes jobs.
        case ready
        /// Takes none for now, because the operator paused it or it is outside its hours; `warnings` say which.
        case paused
        /// Takes none, because it is ending.
        case draining
        /// Takes none, because something is missing or a fault stops work; `warnings` say what.
        case degraded
    }

    package struct Network: Codable, Sendable, Equatable {
        package var name: String
        package var url: String
        package var connected: Bool
        @OrNull package var sessionID: String?
        /// RFC 3339: since when it is connected, or is not.
        package var since: String
        @OrNull package var lastError: String?
        /// The gateway's address.
        @OrNull package var gateway: String?
        @OrNull package var shareBPS: Int?
        package var clockOffsetMs: Int64

        private enum CodingKeys: String, CodingKey {
            case name, url, connected, since, gateway
            case sessionID = "session_id"
            case lastError = "last_error"
            case shareBPS = "share_bps"
            case clockOffsetMs = "clock_offset_ms"
        }
    }

    package struct Model: Codable, Sendable, Equatable {
        package var id: String
        package var backend: String
        package var upstreamModel: String
        /// `starting`, `healthy` or `unhealthy`.
        package var health: String
        package var slots: Int
        package var inFlight: Int
        package var contextWindow: Int
        package var features: [String]
        /// Why it is not healthy.
        @OrNull package var reason: String?

        private enum CodingKeys: String, CodingKey {
            case id, backend, health, slots, features, reason
            case upstreamModel = "upstream_model"
            case inFlight = "in_flight"
            case contextWindow = "context_window"
        }
    }

    package struct Jobs: Codable, Sendable, Equatable {
        package var inFlight: Int
        package var settled: Int
        package var failed: Int
        package var unpaid: Int
        package var cancelled: Int
        /// Receipts that no network has answered.
        package var awaitingVerdict: Int
        /// Of the jobs accepted in the last day.
        package var unpaidLastDay: Int
        /// The most frequent reason among those.
        @OrNull package var unpaidReason: String?

        private enum CodingKeys: String, CodingKey {
            case settled, failed, unpaid, cancelled
            case inFlight = "in_flight"
            case awaitingVerdict = "awaiting_verdict"
            case unpaidLastDay = "unpaid_last_day"
            case unpaidReason = "unpaid_reason"
        }
    }

    package struct Earnings: Codable, Sendable, Equatable {
        /// What callers were charged for settled jobs.
        package var credits: Int
        /// This worker's share of it, by signed statements.
        package var microUSDC: Int
        /// What is expected for jobs without a verdict.
        package var pendingMicroUSDC: Int
        /// What payouts have brought.
        package var paidMicroUSDC: Int

        private enum CodingKeys: String, CodingKey {
            case credits
            case microUSDC = "micro_usdc"
            case pendingMicroUSDC = "pending_micro_usdc"
            case paidMicroUSDC = "paid_micro_usdc"
        }
    }

    package var version: String
    package var address: String
    package var payoutAddress: String
    package var name: String
    package var state: State
    package var uptimeSeconds: Int
    package var networks: [Network]
    package var models: [Model]
    package var jobs: Jobs
    package var earnings: Earnings
    package var warnings: [String]

    private enum CodingKeys: String, CodingKey {
        case version, address, name, state, networks, models, jobs, earnings, warnings
        case payoutAddress = "payout_address"
        case uptimeSeconds = "uptime_seconds"
    }
}

/// What `GET /v1/models` answers.
package struct ModelList: Codable, Sendable, Equatable {
    package var models: [WorkerStatus.Model]

    private enum CodingKeys: String, CodingKey {
        case models
    }
}
