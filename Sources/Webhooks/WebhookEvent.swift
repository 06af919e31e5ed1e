/// What a webhook is told of; the `type` of its messages.
package enum WebhookEvent: String, CaseIterable, Sendable {
    /// Credits are locked, and a worker is looked for.
    case jobSubmitted = "job.submitted"
    /// A worker accepted; again, when another takes the job over.
    case jobProcessing = "job.processing"
    /// It is settled, and the worker is paid.
    case jobCompleted = "job.completed"
    /// It ended in any other way than the two around this one, and its credits went back.
    case jobFailed = "job.failed"
    /// Its time was over without a proof, and its credits went back.
    case jobTimeout = "job.timeout"
    /// Its worker sent a proof that does not hold; how the job ends is told apart from it.
    case jobDisputed = "job.disputed"
    /// The account's balance fell below its threshold.
    case creditLow = "credit.low"
    /// Credits arrived.
    case creditDeposited = "credit.deposited"
    /// The account asked for a message, to see whether it arrives.
    case test = "webhook.test"

    /// Those that a webhook can be made for; a test goes to whichever it is asked of.
    package static let choices = allCases.filter { $0 != .test }
}
