/// What was earned in one group: a day, a week, a month, with a model or from a network.
package struct EarningsRow: Sendable, Equatable {
    /// See ``EarningsGrouping``; empty in the sum of all groups.
    package var group = ""
    /// Settled jobs.
    package var jobs = 0
    package var promptTokens = 0
    package var completionTokens = 0
    /// What the callers of settled jobs were charged.
    package var credits = 0
    /// The worker's share of it, by the gateway's signed statements.
    package var microUSDC = 0
    /// What payouts have brought, those that do not match left out.
    package var paidMicroUSDC = 0
    /// What is expected for finished jobs that have no verdict; not in `microUSDC`.
    package var pendingMicroUSDC = 0
}
