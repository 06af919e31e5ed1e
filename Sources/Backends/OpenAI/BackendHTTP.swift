import AsyncHTTPClient
package import NIOCore
import Synchronization

/// The HTTP client that backends share.
///
/// It is one client for each of a few event loops, because a request must not leave its connection's loop: the client
/// would hand the request's body and the end of it to the connection one by one, and take a reply that came and closed
/// between the two for a broken one. Requests that are bound to a loop would do too, but their connections are not used
/// again.
package final class BackendHTTP: Sendable {
    /// For requests that may take and leave idle connections, one for each loop.
    private let keeping: [HTTPClient]
    /// For requests that say `Connection: close`: as all of these do, none ever meets an old connection.
    private let closing: [HTTPClient]
    private let turn = Atomic<Int>(0)

    /// Makes a client with the settings that backends rely on; who calls shuts it down.
    package static func makeClient(
        eventLoopGroup: any EventLoopGroup = HTTPClient.defaultEventLoopGroup
    ) -> BackendHTTP {
        BackendHTTP(eventLoops: eventLoopGroup.makeIterator().prefix(mostLoops))
    }

    /// More read faster than any machine writes, and would each keep idle connections of their own.
    private static let mostLoops = 4

    private init(eventLoops: some Sequence<any EventLoop>) {
        func makeClient(on eventLoop: any EventLoop) -> HTTPClient {
            HTTPClient(eventLoopGroupProvider: .shared(eventLoop), configuration: Self.configuration)
        }
        keeping = eventLoops.map(makeClient)
        closing = eventLoops.map(makeClient)
        precondition(!keeping.isEmpty, "a group of event loops has none")
    }

    /// The client whose turn it is.
    ///
    /// - Parameter isAlone: Whether the request has a connection of its own; it must say `Connection: close` then.
    /// - Returns: A client for one request.
    func next(isAlone: Bool = false) -> HTTPClient {
        let turn = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        let clients = isAlone ? closing : keeping
        return clients[Int(UInt(bitPattern: turn) % UInt(clients.count))]
    }

    /// Ends all that is under way and closes the connections.
    package func shutdown() async throws {
        for client in keeping + closing { try await client.shutdown() }
    }

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            // A redirect could lead a prompt to a server that the operator did not name.
            redirectConfiguration: .disallow,
            // The timeouts of a request are watched by its watchdog, whose longest for this is 60 s; this one only ends
            // what it left.
            timeout: .init(connect: .seconds(90))
        )
        // An error at once, instead of trying until the timeout: the next worker can take the job meanwhile.
        configuration.connectionPool.retryConnectionEstablishment = false
        // The bound on requests is the worker's slots; here they must not wait for each other.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4096
        // Below the 5 s after which llama.cpp and uvicorn (vLLM, SGLang) close idle connections, so that it is seldom
        // the server who closes one that a request is being sent on.
        configuration.connectionPool.idleTimeout = .seconds(3)
        // A cancelled request closes its connection, which is how these servers are told to stop; in HTTP/2 it would
        // reset a stream, which a proxy need not pass on.
        configuration.httpVersion = .http1Only
        return configuration
    }
}
