/// What the network thinks of a worker, as the admin API shows it.
///
/// Scores and their parts are from 0 to 1000. Counts halve every 30 days.
package struct ReputationDetails: Codable, Sendable, Equatable {
    /// A score for one model.
    package struct ModelScore: Codable, Sendable, Equatable {
        package var model: String
        package var score: Int
        /// Times to first token, milliseconds; nil without samples.
        package var p50MS: Int?
        package var p95MS: Int?

        private enum CodingKeys: String, CodingKey {
            case model
            case score
            case p50MS = "p50_ms"
            case p95MS = "p95_ms"
        }
    }

    /// A job that failed by the worker's doing.
    package struct Failure: Codable, Sendable, Equatable {
        /// RFC 3339.
        package var at: String
        package var jobID: String
        package var model: String
        /// One word: `backend_error`, `lost`, `receipt_refused` and so on.
        package var fault: String

        private enum CodingKeys: String, CodingKey {
            case at
            case jobID = "job_id"
            case model
            case fault
        }
    }

    /// The mean over its models.
    package var score: Int
    package var completion: Int
    package var timeToFirstToken: Int
    package var proof: Int
    package var uptime: Int
    /// Models that it has, or had samples for; by id.
    package var models: [ModelScore]
    package var accepted: Double
    package var completed: Double
    package var failed: Double
    package var receiptsJudged: Double
    package var receiptsHeld: Double
    package var failuresInRow: Int
    /// RFC 3339; nil if it is not set aside.
    package var setAsideUntil: String?
    package var setAsideReason: String?
    /// It was set aside, and gets one job at a time until one succeeds.
    package var isOnTrial: Bool
    package var offersLastHour: Int
    package var refusalsLastHour: Int
    package var failuresLastHour: Int
    package var settledLastHour: Int
    /// The newest first.
    package var failures: [Failure]

    private enum CodingKeys: String, CodingKey {
        case score
        case completion
        case timeToFirstToken = "time_to_first_token"
        case proof
        case uptime
        case models
        case accepted
        case completed
        case failed
        case receiptsJudged = "receipts_judged"
        case receiptsHeld = "receipts_held"
        case failuresInRow = "failures_in_row"
        case setAsideUntil = "set_aside_until"
        case setAsideReason = "set_aside_reason"
        case isOnTrial = "is_on_trial"
        case offersLastHour = "offers_last_hour"
        case refusalsLastHour = "refusals_last_hour"
        case failuresLastHour = "failures_last_hour"
        case settledLastHour = "settled_last_hour"
        case failures
    }
}
