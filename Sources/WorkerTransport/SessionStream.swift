package import WorkerProtocol

/// How a worker reaches a network: the seam between the daemon and a transport.
///
/// gRPC is the real one (``GRPCWorkerDialer``); an in-process twin runs the same conformance suite in the tests.
package protocol WorkerDialer: Sendable {
    /// Opens one stream and keeps it until it ends.
    ///
    /// What `outbox` yields is sent in order; when it is finished the sending half is closed. Each message that
    /// arrives is given to `receive`, one at a time. Returns when the gateway closed the stream in order; cancelling the
    /// task ends the stream at once.
    ///
    /// - Throws: ``TransportError`` when the stream could not be opened or broke; what `receive` throws.
    func openStream(
        sending outbox: MessageOutbox<WireWorkerMessage>,
        receive: @escaping @Sendable (WireNetworkMessage) async throws -> Void
    ) async throws
}

/// How a gateway is reached by workers.
package protocol NetworkListener: Sendable {
    /// Listens until the task is cancelled.
    ///
    /// - Parameters:
    ///   - onListening: Called once with the port, when workers can dial.
    ///   - serve: Called for each stream that a worker opens; the stream ends when it returns.
    /// - Throws: ``TransportError`` when the address cannot be listened on.
    func listen(
        onListening: @escaping @Sendable (_ port: Int) -> Void,
        serve: @escaping @Sendable (WorkerStream) async throws -> Void
    ) async throws
}

/// One stream that a worker opened, seen from the gateway.
package struct WorkerStream: Sendable {
    /// The peer's IP address without its port, for bounds per peer; never proof of anything.
    package var peerAddress: String
    private let run:
        @Sendable (
            MessageOutbox<WireNetworkMessage>,
            @escaping @Sendable (WireWorkerMessage) async throws -> Void
        ) async throws -> Void

    package init(
        peerAddress: String,
        run:
            @escaping @Sendable (
                MessageOutbox<WireNetworkMessage>,
                @escaping @Sendable (WireWorkerMessage) async throws -> Void
            ) async throws -> Void
    ) {
        self.peerAddress = peerAddress
        self.run = run
    }

    /// Sends what `outbox` yields and gives each arriving message to `receive`, one at a time, until the worker closes
    /// its half, the stream breaks, or the outbox is finished and sent.
    package func exchange(
        sending outbox: MessageOutbox<WireNetworkMessage>,
        receive: @escaping @Sendable (WireWorkerMessage) async throws -> Void
    ) async throws {
        try await run(outbox, receive)
    }
}

/// A stream that could not be opened, or broke.
package struct TransportError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// No connection. Try again.
        case unreachable
        /// The connection was lost. Try again.
        case lost
        /// The other end's certificate does not hold, or ours cannot be read. Fix the setup.
        case tls
        /// The address cannot be listened on. Fix the setup.
        case listen
        /// The URL is none that a worker may dial. Fix the setup.
        case invalidURL = "invalid_url"
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
