import Operations
import Signing
import WorkerProtocol
import WorkerTransport

/// Dials a network up to its welcome and leaves again.
struct NetworkProbe: Sendable {
    enum Answer: Sendable {
        /// Both sides have proven who they are.
        case welcomed(SessionTerms, clockOffset: Int64)
        /// The gateway and this worker could not agree.
        case closed(SessionClosure)
        /// There was no stream.
        case failed(TransportError)
    }

    var dial: @Sendable () async -> Answer

    /// Over a dialer, as `identity`.
    ///
    /// A proven session ends an older one of the same identity, so this is for when the daemon is down.
    static func live(
        dialer: any WorkerDialer,
        session configuration: WorkerSession.Configuration,
        clock: WallClock = .live
    ) -> NetworkProbe {
        NetworkProbe { await dial(dialer, configuration, clock) }
    }

    private static func dial(
        _ dialer: any WorkerDialer,
        _ configuration: WorkerSession.Configuration,
        _ clock: WallClock
    ) async -> Answer {
        let handshake = Handshake(configuration: configuration)
        return await withTaskGroup(of: Answer?.self) { race in
            race.addTask {
                do {
                    try await dialer.openStream(sending: handshake.outbox) { handshake.received($0, clock: clock) }
                    return handshake.answer ?? .closed(SessionClosure(.lost, "the gateway ended the session"))
                } catch let error as TransportError {
                    return handshake.answer ?? .failed(error)
                } catch {
                    return handshake.answer ?? .failed(TransportError(.lost, "the stream broke: \(error)"))
                }
            }
            race.addTask {
                try? await Task.sleep(for: SessionLimits.handshake + .seconds(2))
                return .closed(SessionClosure(.handshakeTimeout, "the gateway did not answer the handshake in time"))
            }
            race.addTask {
                for await _ in handshake.isOver {}
                // The stream then ends by itself, but nobody needs to wait for it.
                return handshake.answer
            }
            let first = await race.next() ?? nil
            race.cancelAll()
            return first ?? .closed(SessionClosure(.lost, "the handshake was cancelled"))
        }
    }
}
