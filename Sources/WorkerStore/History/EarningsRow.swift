/// What one model earned on one day.
package struct EarningsRow: Sendable, Equatable {
    /// Of the settlement, in UTC: `2026-06-15`.
    package var day: String
    package var model: String
    /// Settled jobs.
    package var jobs: Int
    package var promptTokens: Int
    package var completionTokens: Int
    /// What the callers were charged.
    package var credits: Int
    /// The worker's share of it.
    package var microUSDC: Int
}
