/// What `GET /v1/status` answers; member names are `snake_case` on the wire.
package struct WorkerStatus: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable {
        /// Backends and networks have not all answered once yet.
        case starting
        /// Takes jobs.
        case ready
        /// Takes none, because the operator paused it.
        case paused
        /// Takes none, because it is ending.
        case draining
        /// Takes none, because something is missing; `warnings` say what.
        case degraded
    }

    package struct Network: Codable, Sendable, Equatable {
        package var name: String
        package var url: String
        package var connected: Bool
        package var sessionId: String?
        /// RFC 3339: since when it is connected, or is not.
        package var since: String
        package var lastError: String?
        /// The gateway's address.
        package var gateway: String?
        package var shareBps: Int?
        package var clockOffsetMs: Int64
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
        package var reason: String?
    }

    package struct Jobs: Codable, Sendable, Equatable {
        package var inFlight: Int
        package var settled: Int
        package var failed: Int
        package var unpaid: Int
        package var cancelled: Int
        /// Receipts that no network has answered.
        package var awaitingVerdict: Int
    }

    package struct Earnings: Codable, Sendable, Equatable {
        /// What callers were charged for settled jobs.
        package var credits: Int
        /// This worker's share of it, by signed statements.
        package var microUsdc: Int
        /// What is expected for jobs without a verdict.
        package var pendingMicroUsdc: Int
        /// What payouts have brought.
        package var paidMicroUsdc: Int
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
}

/// What `GET /v1/models` answers.
package struct ModelList: Codable, Sendable, Equatable {
    package var models: [WorkerStatus.Model]
}
