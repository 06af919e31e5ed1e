import Operations
import Signing
import Synchronization
import WorkerProtocol
import WorkerTransport

/// Drives a ``WorkerSession`` to its welcome and no further.
final class Handshake: Sendable {
    let outbox = MessageOutbox<WireWorkerMessage>()
    /// Ends with the handshake.
    let isOver: AsyncStream<Never>
    private let end: AsyncStream<Never>.Continuation

    private struct State {
        var session: WorkerSession
        var answer: NetworkProbe.Answer?
    }

    private let state: Mutex<State>

    init(configuration: WorkerSession.Configuration) {
        let session = WorkerSession(
            configuration: configuration,
            nonce: RandomBytes.make(count: SessionTranscript.nonceBytes),
            at: .now
        )
        state = Mutex(State(session: session))
        (isOver, end) = AsyncStream.makeStream()
        outbox.post(session.hello)
    }

    /// What it came to, once it is over.
    var answer: NetworkProbe.Answer? { state.withLock { $0.answer } }

    func received(_ message: WireNetworkMessage, clock: WallClock) {
        let actions = state.withLock { $0.session.messageReceived(message, at: .now) }
        for action in actions {
            switch action {
            case .send(let message): outbox.post(message)
            case .welcomed(let terms):
                finish(.welcomed(terms, clockOffset: terms.networkTimeMilliseconds - clock.nowMilliseconds))
            case .close(let closure): finish(.closed(closure))
            default: break
            }
        }
    }

    private func finish(_ answer: NetworkProbe.Answer) {
        state.withLock { $0.answer = $0.answer ?? answer }
        outbox.finish()
        end.finish()
    }
}
