import WorkerProtocol
import WorkerTransport

/// A live session as a job sees it: what was agreed, and where messages go.
struct SessionLink: Sendable {
    let terms: SessionTerms
    let outbox: MessageOutbox<WireWorkerMessage>
    let clock: NetworkClock
    /// The test job that was asked for on this network.
    var selfTest = SelfTest()

    /// Queues a message.
    ///
    /// - Returns: False if the session is over; what is lost with it is asked for, or sent again, on the next.
    @discardableResult
    func post(_ message: WireWorkerMessage, bytes: Int = 256) -> Bool {
        outbox.post(message, bytes: bytes)
    }
}
