import Synchronization
package import WorkerProtocol
package import WorkerTransport

/// The worker protocol's transport without a socket: what one end sends, the other receives, in the same process.
///
/// It is the twin of the gRPC binding and runs the same conformance suite, so that whatever the daemons' tests see
/// through it, they also get over a network.
package final class InProcessNetwork: WorkerDialer, NetworkListener {
    private struct State {
        var serve: (@Sendable (WorkerStream) async throws -> Void)?
        var waitingForListener: [CheckedContinuation<Void, Never>] = []
        var isReachable = true
        var streams: [Int: @Sendable () -> Void] = [:]
        var nextStream = 0
    }

    private let state = Mutex(State())

    package init() {}

    // MARK: Faults

    /// Breaks every open stream, as a lost connection does.
    package func breakStreams() {
        let streams = state.withLock { $0.streams.values.map { $0 } }
        for stop in streams { stop() }
    }

    /// Lets dialling fail, or work again.
    package func setReachable(_ isReachable: Bool) {
        state.withLock { $0.isReachable = isReachable }
    }

    // MARK: The gateway's end

    package func listen(
        onListening: @escaping @Sendable (_ port: Int) -> Void,
        serve: @escaping @Sendable (WorkerStream) async throws -> Void
    ) async throws {
        let waiting = state.withLock { state in
            state.serve = serve
            defer { state.waitingForListener = [] }
            return state.waitingForListener
        }
        onListening(1)
        for continuation in waiting { continuation.resume() }
        let (forever, continuation) = AsyncStream<Never>.makeStream()
        await withTaskCancellationHandler {
            for await _ in forever {}
        } onCancel: {
            continuation.finish()
        }
        state.withLock { $0.serve = nil }
        breakStreams()
    }

    /// Returns once somebody listens.
    package func untilListening() async {
        await withCheckedContinuation { continuation in
            let isListening = state.withLock { state -> Bool in
                if state.serve != nil { return true }
                state.waitingForListener.append(continuation)
                return false
            }
            if isListening { continuation.resume() }
        }
    }

    // MARK: The worker's end

    package func openStream(
        sending outbox: MessageOutbox<WireWorkerMessage>,
        receive: @escaping @Sendable (WireNetworkMessage) async throws -> Void
    ) async throws {
        let serve = state.withLock { $0.isReachable ? $0.serve : nil }
        guard let serve else {
            outbox.finish()
            throw TransportError(.unreachable, "nobody listens in this process")
        }
        let toWorker = AsyncStream<WireNetworkMessage>.makeStream()
        let toGateway = AsyncStream<WireWorkerMessage>.makeStream()
        let broken = Mutex(false)
        let stop: @Sendable () -> Void = {
            broken.withLock { $0 = true }
            toWorker.continuation.finish()
            toGateway.continuation.finish()
            outbox.finish()
        }
        let id = state.withLock { state in
            state.nextStream += 1
            state.streams[state.nextStream] = stop
            return state.nextStream
        }
        defer { state.withLock { $0.streams[id] = nil } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while let batch = await outbox.next() { for message in batch { toGateway.continuation.yield(message) } }
                toGateway.continuation.finish()
            }
            group.addTask {
                let stream = WorkerStream(peerAddress: "in-process") { outbox, receive in
                    try await Self.exchange(toGateway.stream, toWorker.continuation, outbox, receive)
                }
                // The gateway's own faults end the stream, not the worker's call.
                try? await serve(stream)
                toWorker.continuation.finish()
            }
            do {
                for await message in toWorker.stream { try await receive(message) }
            } catch {
                stop()
                throw error
            }
            outbox.finish()
            toGateway.continuation.finish()
            group.cancelAll()
            try await group.waitForAll()
        }
        if broken.withLock({ $0 }) { throw TransportError(.lost, "the stream was broken") }
    }

    private static func exchange(
        _ inbound: AsyncStream<WireWorkerMessage>,
        _ outbound: AsyncStream<WireNetworkMessage>.Continuation,
        _ outbox: MessageOutbox<WireNetworkMessage>,
        _ receive: @escaping @Sendable (WireWorkerMessage) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while let batch = await outbox.next() { for message in batch { outbound.yield(message) } }
            }
            group.addTask {
                for await message in inbound { try await receive(message) }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
