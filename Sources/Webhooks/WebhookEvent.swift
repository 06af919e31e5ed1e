/// What a webhook can be told of.
package enum WebhookEvent: String, CaseIterable, Sendable {
    /// Credits are locked, and a worker is looked for.
    case jobSubmitted = "job.submitted"
    /// A worker accepted.
    case jobProcessing = "job.processing"
    /// It is settled, and the worker is paid.
    case jobCompleted = "job.completed"
    /// It failed, and its credits went back.
    case jobFailed = "job.failed"
    /// Its time was over without a proof, and its credits went back.
    case jobTimeout = "job.timeout"
    /// Its worker sent a proof that does not hold.
    case jobDisputed = "job.disputed"
    /// The account's balance fell below its threshold.
    case creditLow = "credit.low"
    /// Credits arrived.
    case creditDeposited = "credit.deposited"
}
