package import WorkerStore

/// What `GET /v1/earnings` answers; member names are `snake_case` on the wire.
package struct EarningsReport: Codable, Sendable, Equatable {
    /// One group, or the sum of all.
    package struct Row: Codable, Sendable, Equatable {
        /// A day `2026-06-15`, the Monday of a week, a month `2026-06`, a model's id or a gateway's address; null in the
        /// sum.
        @OrNull package var group: String?
        /// Settled jobs.
        package var jobs: Int
        package var promptTokens: Int
        package var completionTokens: Int
        /// What the callers were charged.
        package var credits: Int
        /// This worker's share of it, by signed statements.
        package var microUSDC: Int
        /// What payouts have brought.
        package var paidMicroUSDC: Int
        /// What is expected for jobs without a verdict; not in `micro_usdc`.
        package var pendingMicroUSDC: Int

        init(_ row: EarningsRow, isTotal: Bool = false) {
            group = isTotal ? nil : row.group
            jobs = row.jobs
            promptTokens = row.promptTokens
            completionTokens = row.completionTokens
            credits = row.credits
            microUSDC = row.microUSDC
            paidMicroUSDC = row.paidMicroUSDC
            pendingMicroUSDC = row.pendingMicroUSDC
        }

        private enum CodingKeys: String, CodingKey {
            case group, jobs, credits
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
            case microUSDC = "micro_usdc"
            case paidMicroUSDC = "paid_micro_usdc"
            case pendingMicroUSDC = "pending_micro_usdc"
        }
    }

    /// `day`, `week`, `month`, `model` or `network`.
    package var by: String
    /// The first day that counts, in UTC.
    @OrNull package var since: String?
    /// Whose days these are: always `UTC`.
    package var timeZone: String
    package var rows: [Row]
    /// Over every group since then, also over those that the limit left out.
    package var total: Row

    package init(_ earnings: Earnings, by grouping: EarningsGrouping, since: String?) {
        by = grouping.rawValue
        self.since = since
        timeZone = "UTC"
        rows = earnings.rows.map { Row($0) }
        total = Row(earnings.total, isTotal: true)
    }

    private enum CodingKeys: String, CodingKey {
        case by, since, rows, total
        case timeZone = "time_zone"
    }
}
