/// How many jobs a worker has done and what they earned.
package struct WorkerTotals: Sendable, Equatable {
    package var settled = 0
    /// Without a result, the fault of the worker or its backend.
    package var failed = 0
    /// The gateway refused the receipt.
    package var unpaid = 0
    package var cancelled = 0
    /// Done, and the gateway has not answered the receipt.
    package var finished = 0
    package var running = 0
    /// What the callers of settled jobs were charged.
    package var credits = 0
    /// The worker's share of it, by the gateway's signed statements.
    package var microUSDC = 0
    /// What this worker expects for finished jobs, by its own count; not in `microUSDC`.
    package var pendingMicroUSDC = 0
    /// What payouts have brought, those that do not match left out.
    package var paidMicroUSDC = 0
}
