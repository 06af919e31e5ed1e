import AsyncHTTPClient
package import InferenceAPI
package import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import StrictJSON
import Synchronization

/// A backend behind any OpenAI-compatible HTTP server: vLLM, SGLang, llama.cpp, a proxy.
package struct OpenAIBackend: InferenceBackend {
    /// What the configuration says of it.
    package struct Configuration: Sendable, Equatable {
        package var endpoint: OpenAIEndpoint

        /// Sent as a bearer token; `nil` sends none.
        package var apiKey: APIKey?

        package init(endpoint: OpenAIEndpoint, apiKey: APIKey? = nil) {
            self.endpoint = endpoint
            self.apiKey = apiKey
        }
    }

    package let name: String
    let configuration: Configuration
    let http: BackendHTTP
    let clock: any Clock<Duration>
    let logger: Logger
    private let makeToolCallID: @Sendable () -> String
    private let connections: Connections
    private let stalls: Stalls
    /// Whether somebody starts the server anew when it hangs, so that no trial has to find out about it.
    let restarts: Bool

    /// - Parameters:
    ///   - name: The backend's name in the configuration.
    ///   - configuration: Where it is.
    ///   - http: A client made by ``BackendHTTP/makeClient(eventLoopGroup:)``, shut down by who made it.
    ///   - clock: What the timeouts are measured on.
    ///   - logger: For what an operator cannot see from the errors.
    ///   - restarts: Whether somebody starts the server anew when it hangs; else a trial request decides when it is
    ///     healthy again.
    ///   - makeToolCallID: Makes ids for tool calls that come without one.
    package init(
        name: String,
        configuration: Configuration,
        http: BackendHTTP,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        restarts: Bool = false,
        makeToolCallID: @escaping @Sendable () -> String = ToolCallID.random
    ) {
        self.name = name
        self.configuration = configuration
        self.http = http
        self.clock = clock
        var logger = logger
        logger[metadataKey: "backend.name"] = "\(name)"
        self.logger = logger
        self.makeToolCallID = makeToolCallID
        self.restarts = restarts
        connections = Connections(clock: clock)
        stalls = Stalls()
    }

    package func run() async throws {
        // A server that somebody else keeps alive; there is nothing to do but to be there.
        try? await gracefulShutdown()
    }

    package func generate(
        _ request: GenerationRequest,
        deliver: @Sendable ([ChoiceDelta]) async throws -> Void
    ) async throws -> GenerationSummary {
        do {
            let summary = try await send(request, deliver: deliver)
            stalls.watch.withLock { $0.generationEnded() }
            return summary
        } catch let error as BackendError where error.isStall {
            stalls.model.withLock { $0 = (try? JSONValue(parsing: request.body))?["model"]?.stringValue ?? "" }
            if stalls.watch.withLock({ $0.generationStalled() }) {
                logger.warning("backend hangs", metadata: ["backend.stalls": "\(StallWatch.limit)"])
            }
            throw error
        }
    }

    /// Whether its generations end in nothing; see ``StallWatch``.
    var isHanging: Bool { stalls.watch.withLock { $0.isHanging } }

    /// The model of the last generation that stalled.
    var stalledModel: String { stalls.model.withLock { $0 } }

    /// The server was started anew.
    func restarted() {
        stalls.watch.withLock { $0.restarted() }
    }

    /// Sends the request, on a fresh connection once more if the first was closed before it.
    private func send(
        _ request: GenerationRequest,
        deliver: @Sendable ([ChoiceDelta]) async throws -> Void
    ) async throws -> GenerationSummary {
        let stopwatch = Stopwatch(clock)
        do {
            let isAlone = !connections.mayBeReused
            return try await attempt(request, timeouts: request.timeouts, isAlone: isAlone, deliver: deliver)
        } catch let closed as ClosedBeforeReply {
            // Servers close idle connections whenever they like, and the request may have met that. A server that was
            // busy with it for longer died on it, and does not get it again.
            connections.metClosedConnection()
            let elapsed = stopwatch.elapsed
            guard elapsed < Self.longestStaleness else { throw closed.error }
            var timeouts = request.timeouts
            timeouts.total -= elapsed
            do {
                return try await attempt(request, timeouts: timeouts, isAlone: true, deliver: deliver)
            } catch let closed as ClosedBeforeReply {
                throw closed.error
            }
        }
    }

    /// The connection was closed before a byte of the reply came.
    private struct ClosedBeforeReply: Error {
        let error: BackendError
    }

    /// How late a connection can turn out to have been closed before the request: a round trip, with room for load.
    private static let longestStaleness = Duration.seconds(1)

    /// Sends the request once, `isAlone` on a connection of its own.
    private func attempt(
        _ request: GenerationRequest,
        timeouts: GenerationTimeouts,
        isAlone: Bool,
        deliver: @Sendable ([ChoiceDelta]) async throws -> Void
    ) async throws -> GenerationSummary {
        let inbox = ResponseInbox()
        let exchange = http.next(isAlone: isAlone)
            .execute(request: try httpRequest(for: request, isAlone: isAlone), delegate: inbox)
        let watchdog = GenerationWatchdog(timeouts, stopwatch: Stopwatch(clock)) { exchange.fail(reason: $0) }
        do {
            let summary = try await withTaskCancellationHandler {
                try await read(request, from: inbox, watchdog: watchdog, deliver: deliver)
            } onCancel: {
                exchange.cancel()
            }
            inbox.expectEnd(of: exchange, within: Self.longestEnd)
            return summary
        } catch {
            exchange.cancel()
            throw error
        }
    }

    /// How long the end of a reply may take to follow `[DONE]`; past that its connection is closed.
    private static let longestEnd = TimeAmount.seconds(1)

    /// Reads the reply to its end.
    private func read(
        _ request: GenerationRequest,
        from inbox: ResponseInbox,
        watchdog: GenerationWatchdog,
        deliver: @Sendable ([ChoiceDelta]) async throws -> Void
    ) async throws -> GenerationSummary {
        try await withThrowingTaskGroup(of: Void.self) { watches in
            // Two or three children in all, so keeping the finished ones costs nothing.
            defer { watches.cancelAll() }
            watches.addTask { await watchdog.watch(.total) }
            watches.addTask { await watchdog.watch(.connect) }

            let head = try await receiveHead(from: inbox) {
                watchdog.requestSent()
                watches.addTask { await watchdog.watch(.firstToken) }
            }
            if head.headers.areOfLlamaCpp { connections.metLlamaCpp() }
            guard head.status == .ok else { throw try await refusal(head, to: request.route, from: inbox) }
            if request.route == .embeddings {
                return try await readVectors(request, from: inbox, watchdog: watchdog, deliver: deliver)
            }
            var reply = GenerationReply(to: request, makeToolCallID: makeToolCallID)
            while let deltas = try await reply.nextDeltas(from: inbox) {
                guard !deltas.isEmpty else { continue }
                if watchdog.tokensArrived() {
                    watches.addTask { await watchdog.watch(.betweenTokens) }
                }
                try await watchdog.whileDelivering { try await deliver(deltas) }
            }
            try reply.progress.checkEnd()
            return reply.progress.summary(isLlamaCpp: head.headers.areOfLlamaCpp)
        }
    }

    /// Reads a reply that comes whole, and hands its vectors over in groups.
    private func readVectors(
        _ request: GenerationRequest,
        from inbox: ResponseInbox,
        watchdog: GenerationWatchdog,
        deliver: @Sendable ([ChoiceDelta]) async throws -> Void
    ) async throws -> GenerationSummary {
        var body: [UInt8] = []
        while case .body(let parts) = try await inbox.nextOrError() {
            for part in parts { body.append(contentsOf: part.readableBytesView) }
            guard body.count <= EmbeddingReply.maximumBytes else {
                throw BackendError(
                    .protocolViolation,
                    "the backend's reply has more than \(EmbeddingReply.maximumBytes) bytes"
                )
            }
        }
        let reply = try EmbeddingReply(body, count: request.choiceCount, dimensions: request.dimensions)
        for batch in reply.batches {
            try Task.checkCancellation()
            try await watchdog.whileDelivering { try await deliver(batch) }
        }
        return GenerationSummary(usage: reply.usage)
    }

    private func httpRequest(for request: GenerationRequest, isAlone: Bool) throws -> HTTPClient.Request {
        var headers: HTTPHeaders = ["content-type": "application/json", "accept": "text/event-stream"]
        if isAlone { headers.add(name: "connection", value: "close") }
        authorize(&headers)
        return try HTTPClient.Request(
            url: "\(configuration.endpoint.base)/\(request.route.rawValue)",
            method: .POST,
            headers: headers,
            body: .bytes(request.body)
        )
    }

    func authorize(_ headers: inout HTTPHeaders) {
        guard let apiKey = configuration.apiKey else { return }
        headers.add(name: "authorization", value: "Bearer \(apiKey.secret)")
    }

    private func receiveHead(
        from inbox: ResponseInbox,
        whenRequestSent: () -> Void
    ) async throws -> HTTPResponseHead {
        do {
            while true {
                switch try await inbox.nextOrError() {
                case .requestSent: whenRequestSent()
                case .head(let head): return head
                case .body, .end: preconditionFailure("the HTTP client reported a body before its head")
                }
            }
        } catch let error as BackendError where error.isClosedConnection {
            throw ClosedBeforeReply(error: error)
        }
    }

    /// Reads the body of a reply with another status than 200, as far as an error's name can be.
    private func refusal(
        _ head: HTTPResponseHead,
        to route: BackendRoute,
        from inbox: ResponseInbox
    ) async throws -> BackendError {
        var body: [UInt8] = []
        while body.count < Self.longestErrorBody, case .body(let parts) = try await inbox.nextOrError() {
            for part in parts { body.append(contentsOf: part.readableBytesView) }
        }
        return BackendError(status: Int(head.status.code), body: body, of: route)
    }

    /// Bytes of an error's body that are read; longer ones are an error without a name.
    private static let longestErrorBody = 64 << 10
}

extension OpenAIBackend {
    /// What its generations came to, shared by its requests.
    private final class Stalls: Sendable {
        let watch = Mutex(StallWatch())
        /// What the last one that stalled calls its model: a trial asks the same.
        let model = Mutex("")
    }

    /// What is known of this backend's connections, shared by its requests.
    private final class Connections: Sendable {
        private let reuse = Mutex(ConnectionReuse())
        private let stopwatch: Stopwatch

        init(clock: any Clock<Duration>) {
            stopwatch = Stopwatch(clock)
        }

        var mayBeReused: Bool { reuse.withLock { $0.isAllowed(at: stopwatch.elapsed) } }

        func metLlamaCpp() { reuse.withLock { $0.metLlamaCpp() } }

        func metClosedConnection() { reuse.withLock { $0.metClosedConnection(at: stopwatch.elapsed) } }
    }
}

extension HTTPHeaders {
    /// Whether the server says that it is llama.cpp's.
    var areOfLlamaCpp: Bool { self["server"].contains { $0.hasPrefix("llama.cpp") } }
}
