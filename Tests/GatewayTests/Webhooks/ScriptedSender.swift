import GatewayStore
import Synchronization

@testable import Gateway

/// A receiver that does what a test says, and reports what it gets.
final class ScriptedSender: MessageSender {
    /// Messages as they are sent.
    let sent: AsyncStream<DueMessage>
    private let report: AsyncStream<DueMessage>.Continuation
    private let waiting = Mutex<[String: CheckedContinuation<SendOutcome, Never>]>([:])

    init() {
        (sent, report) = AsyncStream.makeStream()
    }

    func send(_ message: DueMessage) async -> SendOutcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiting.withLock { $0[message.messageID] = continuation }
                report.yield(message)
                // The cancellation may have come before there was anything to end.
                if Task.isCancelled { answer(message, .failed("the gateway stopped")) }
            }
        } onCancel: {
            answer(message, .failed("the gateway stopped"))
        }
    }

    /// Ends the sending of a message.
    func answer(_ message: DueMessage, _ outcome: SendOutcome) {
        waiting.withLock { $0.removeValue(forKey: message.messageID) }?.resume(returning: outcome)
    }
}
