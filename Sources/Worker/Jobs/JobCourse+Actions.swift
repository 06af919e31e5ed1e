import InferenceAPI
import Receipts
import WorkerProtocol

extension JobCourse {
    /// What a job is held to.
    struct Limits: Sendable {
        var form = OutputForm.chat
        var choices = 1
        /// Billed tokens for each choice.
        var tokens: Int
        /// Bytes of all texts.
        var outputBytes = SessionLimits().outputBytes
        /// Output kept for a lost session, in bytes.
        var resumeBytes = 1 << 20
        /// How long the job outlives its session.
        var reconnect = SessionLimits().reconnect
        /// How long a verdict is awaited in memory; the receipt itself waits on disk without end.
        var answer: Duration = .seconds(30)
        /// How long the word of a payout is awaited after the statement.
        var payout: Duration = .seconds(2)
    }

    /// What the one who holds the job must do, in order.
    enum Action: Sendable {
        /// Stop the backend; what it still sends is dropped.
        case stopBackend
        /// Put the message on the job's session.
        case send(WireWorkerMessage, bytes: Int)
        /// Sign and store the receipt; then call `receiptStored` or `receiptLost`.
        case sign(JobOutput)
        /// Write down that there is no result.
        case record(JobEnding)
        /// Forget the job.
        case leave
    }

    /// What becomes of output that arrived.
    enum OnOutput: Sendable {
        /// Put it on the job's session, if there is one; it is in the log already.
        case send(WireJobDelta, bytes: Int)
        /// The job takes no output any more.
        case drop
        /// It ends here.
        case end([Action])
    }
}

extension JobCourse.Limits {
    /// What an offer and the session that it came on allow.
    init(_ offer: AcceptedOffer, _ session: SessionLimits) {
        self.init(
            form: offer.request.kind.outputForm,
            choices: offer.request.outputCount,
            tokens: offer.offer.maxOutputTokens,
            outputBytes: session.outputBytes,
            reconnect: session.reconnect
        )
        if form == .vectors {
            outputBytes = session.embeddingBytes
            // They come all at once, so the session may be lost with every one of them under way.
            resumeBytes = 2 * outputBytes
        }
    }
}
