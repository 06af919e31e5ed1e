import NIOCore
package import NIOHTTP1
import NIOPosix
import Synchronization

/// A real HTTP server on this machine that answers as a test tells it to.
///
/// It is a backend to the adapters under test, and what happens on its connections comes back as events, so a test waits
/// for "the client closed the connection" and not for time.
package final class ScriptedBackendServer: Sendable {
    package struct Request: Sendable {
        package var method: HTTPMethod
        /// Path and query.
        package var uri: String
        package var headers: HTTPHeaders
        package var body: [UInt8]
    }

    /// One step of an answer.
    package enum Step: Sendable {
        /// The status line and headers; the body that follows is chunked.
        case head(HTTPResponseStatus, HTTPHeaders)
        /// The head of an HTTP/1.0 server; the body that follows ends with the connection.
        case oldHead(HTTPResponseStatus, HTTPHeaders)
        /// Bytes of the body, sent by themselves.
        case bytes([UInt8])
        /// Goes on when the test opens the gate, or when the client has gone.
        case wait(Gate)
        /// The regular end of the answer; the connection is closed, as llama.cpp does.
        case end
        /// The regular end of the answer; the connection waits for the next request.
        case endAndStay
        /// Bytes that are no part of an answer.
        case rawBytes([UInt8])
        /// Breaks the connection off in the middle.
        case breakOff
    }

    package enum Event: Sendable {
        case connectionOpened
        case request(Request)
        /// The connection is gone, whoever closed it.
        case connectionClosed
    }

    /// What happens, in its order.
    package let events: AsyncStream<Event>

    private let report: AsyncStream<Event>.Continuation
    private let answer: @Sendable (Request) -> [Step]
    private let channel = Mutex<(any Channel)?>(nil)

    /// - Parameter answer: Says what to do with a request.
    package init(answer: @escaping @Sendable (Request) -> [Step]) {
        (events, report) = AsyncStream.makeStream()
        self.answer = answer
    }

    /// Runs the server around `body`, on a free port of the loopback address or on a Unix socket.
    ///
    /// - Parameters:
    ///   - socket: The path of a socket to listen on instead of a port.
    ///   - body: Takes the base URL for a backend's configuration.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or that the server cannot listen.
    package func withServer<Result>(
        socket: String? = nil,
        _ body: (_ url: String) async throws -> Result
    ) async throws -> Result {
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [answer, report] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(ScriptedAnswerHandler(answer, report))
                }
            }
        let channel =
            if let socket {
                try await bootstrap.bind(unixDomainSocketPath: socket, cleanupExistingSocketFile: true).get()
            } else {
                try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            }
        let url = socket.map { "unix:\($0)" } ?? "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/v1"
        do {
            let result = try await body(url)
            try await channel.close()
            report.finish()
            return result
        } catch {
            try? await channel.close()
            report.finish()
            throw error
        }
    }

    /// Waits for the next event that `matches`; `nil` if the server ended before it.
    package func next<Found>(_ matches: (Event) -> Found?) async -> Found? {
        for await event in events {
            if let found = matches(event) { return found }
        }
        return nil
    }

    /// Waits until a connection is gone.
    package func nextClosedConnection() async -> Bool {
        await next { if case .connectionClosed = $0 { true } else { nil } } ?? false
    }

    /// Waits for a request.
    package func nextRequest() async -> Request? {
        await next { if case .request(let request) = $0 { request } else { nil } }
    }
}

extension ScriptedBackendServer {
    /// A server that answers every request for inference with the same pieces, each in a chunk of its own, and others
    /// as a plain OpenAI-compatible server does.
    package static func streaming(_ pieces: [[UInt8]]) -> ScriptedBackendServer {
        ScriptedBackendServer { request in
            guard request.method == .POST else {
                return generic(request)
            }
            return [.eventStream] + pieces.map(Step.bytes) + [.end]
        }
    }

    /// What a server without extras answers to a probe.
    package static func generic(_ request: Request) -> [Step] {
        request.uri.hasSuffix("/models")
            ? .json(.ok, #"{"object":"list","data":[{"id":"test","object":"model"}]}"#)
            : .json(.notFound, #"{"detail":"Not Found"}"#)
    }
}

extension ScriptedBackendServer.Step {
    /// The head of an event stream.
    package static let eventStream = Self.head(.ok, ["content-type": "text/event-stream"])
}

extension [ScriptedBackendServer.Step] {
    /// A whole answer with a JSON body.
    package static func json(
        _ status: HTTPResponseStatus,
        _ body: String,
        headers: HTTPHeaders = [:]
    ) -> [ScriptedBackendServer.Step] {
        var all: HTTPHeaders = ["content-type": "application/json"]
        all.add(contentsOf: headers)
        return [.head(status, all), .bytes([UInt8](body.utf8)), .end]
    }
}
