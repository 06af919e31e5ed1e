import WorkerProtocol
package import WorkerTransport

/// What every transport of the worker protocol must do; run against gRPC and against the in-process twin.
///
/// Each check throws ``ConformanceFailure`` with a sentence; the tests around it only choose the transport.
package struct TransportConformance: Sendable {
    private let listener: any NetworkListener
    private let makeDialer: @Sendable (_ port: Int) throws -> any WorkerDialer

    package init(
        listener: any NetworkListener,
        makeDialer: @escaping @Sendable (_ port: Int) throws -> any WorkerDialer
    ) {
        self.listener = listener
        self.makeDialer = makeDialer
    }

    /// What is sent arrives whole and in order, both ways, also a message near the bound of 8 MiB.
    package func messagesArriveInOrder() async throws {
        let body = [UInt8](repeating: 7, count: 7 << 20)
        try await withListener { stream in
            let outbox = MessageOutbox<WireNetworkMessage>()
            try await stream.exchange(sending: outbox) { message in
                if case .draining = message.message { return outbox.finish() }
                outbox.post(.make { $0.jobCancel.jobID = message.jobAccepted.jobID })
                if message.jobAccepted.jobID == "0" { outbox.post(.make { $0.jobOffer.body = .init(body) }) }
            }
        } dial: { dialer in
            let outbox = MessageOutbox<WireWorkerMessage>()
            for number in 0..<1000 { outbox.post(.make { $0.jobAccepted.jobID = "\(number)" }) }
            outbox.post(.make { $0.draining.reason = "done" })
            let received = Received()
            try await dialer.openStream(sending: outbox) { message in
                switch message.message {
                case .jobCancel(let cancel): received.append(cancel.jobID)
                case .jobOffer(let offer): received.noteBody(offer.body.count)
                default: break
                }
            }
            try require(received.all == (0..<1000).map(String.init), "the answers came out of order or not at all")
            try require(received.bodyBytes == body.count, "a large message did not arrive whole")
        }
    }

    /// A stream that the gateway ends returns at the worker after everything that was sent before.
    package func theGatewayCanEndAStream() async throws {
        try await withListener { stream in
            let outbox = MessageOutbox<WireNetworkMessage>()
            outbox.post(.make { $0.sessionEnd.message = "bye" })
            outbox.finish()
            try await stream.exchange(sending: outbox) { _ in }
        } dial: { dialer in
            let received = Received()
            try await dialer.openStream(sending: MessageOutbox()) { received.append($0.sessionEnd.message) }
            try require(received.all == ["bye"], "the last message did not arrive")
        }
    }

    /// A worker that closes its half ends the exchange at the gateway.
    package func theWorkerCanEndAStream() async throws {
        let ended = Received()
        try await withListener { stream in
            try await stream.exchange(sending: MessageOutbox()) { ended.append($0.draining.reason) }
            ended.append("ended")
        } dial: { dialer in
            let outbox = MessageOutbox<WireWorkerMessage>()
            outbox.post(.make { $0.draining.reason = "leaving" })
            outbox.finish()
            try await dialer.openStream(sending: outbox) { _ in }
            try require(ended.all == ["leaving", "ended"], "the gateway did not see the end")
        }
    }

    /// Cancelling the worker's task ends the stream at both ends.
    package func aCancelledStreamEnds() async throws {
        let (events, continuation) = AsyncStream<String>.makeStream()
        try await withListener { stream in
            defer { continuation.yield("gateway") }
            try await stream.exchange(sending: MessageOutbox()) { _ in continuation.yield("message") }
        } dial: { dialer in
            let outbox = MessageOutbox<WireWorkerMessage>()
            outbox.post(.make { $0.draining.reason = "here" })
            let stream = Task { try await dialer.openStream(sending: outbox) { _ in } }
            var iterator = events.makeAsyncIterator()
            try require(await iterator.next() == "message", "the stream did not open")
            stream.cancel()
            _ = try? await stream.value
            try require(await iterator.next() == "gateway", "the gateway did not see the end")
        }
    }

    private func withListener(
        serve: @escaping @Sendable (WorkerStream) async throws -> Void,
        dial: @escaping @Sendable (any WorkerDialer) async throws -> Void
    ) async throws {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await listener.listen(onListening: { continuation.yield($0) }, serve: serve)
            }
            for await port in ports {
                try await dial(try makeDialer(port))
                break
            }
            group.cancelAll()
        }
    }
}

/// A conformance check that did not hold.
package struct ConformanceFailure: Error, CustomStringConvertible {
    package let description: String
}

func require(_ holds: Bool, _ otherwise: String) throws {
    if !holds { throw ConformanceFailure(description: otherwise) }
}
