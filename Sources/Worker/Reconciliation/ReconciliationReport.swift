/// How the last comparison with one network went.
package struct ReconciliationReport: Codable, Sendable, Equatable {
    /// The name of its section.
    package var network: String
    /// RFC 3339, by this machine's clock.
    package var at: String
    /// The window of acceptance times, RFC 3339 in the network's time.
    package var since: String
    package var until: String
    package var jobsCompared: Int
    /// All; `differences` holds the first thousand.
    package var differenceCount: Int
    package var differences: [ReconciliationDifference]
    /// Why it did not come to an end; `null`: it did.
    @OrNull package var error: String?

    private enum CodingKeys: String, CodingKey {
        case network, at, since, until, differences, error
        case jobsCompared = "jobs_compared"
        case differenceCount = "difference_count"
    }
}

/// What `GET /v1/reconciliation` and `POST /v1/reconcile` answer; networks that were never compared are missing.
package struct ReconciliationList: Codable, Sendable, Equatable {
    package var networks: [ReconciliationReport]

    private enum CodingKeys: String, CodingKey {
        case networks
    }
}

/// What `POST /v1/reconcile` takes.
package struct ReconcileOrder: Codable, Sendable, Equatable {
    /// By the name of its section; `nil`: all.
    package var network: String?

    package init(network: String? = nil) {
        self.network = network
    }

    private enum CodingKeys: String, CodingKey {
        case network
    }
}
