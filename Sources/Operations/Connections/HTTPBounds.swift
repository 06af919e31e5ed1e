/// What a listener for strangers bears from one connection, and from all of them together.
package struct HTTPBounds: Sendable, Equatable {
    /// From a connection's start, or from the first byte of a later request, to the end of the request's headers.
    package var headerTimeout: Duration = .seconds(20)
    /// From the end of the headers to the end of the body.
    package var bodyTimeout: Duration = .seconds(60)
    /// In each of these ``leastProgress`` bytes of a body must come, or its end.
    package var bodyStall: Duration = .seconds(10)
    /// How long a connection may stand between two requests.
    package var idleTimeout: Duration = .seconds(120)
    /// In each of these a caller must take ``leastProgress`` bytes of what waits for it, or all of it.
    package var writeTimeout: Duration = .seconds(30)
    /// Least bytes that count as progress, in either direction.
    package var leastProgress = 4096
    /// How long, and for how many bytes, what a caller still sends after its last answer is read and thrown away: it
    /// would lose the answer otherwise, since to close with unread bytes is to reset.
    package var lingerTime: Duration = .seconds(5)
    package var lingerBytes = 64 << 20

    /// Longest request target, in bytes.
    package var targetBytes = 8 << 10
    /// Longest header field and all of them, in bytes, and how many there may be.
    package var fieldBytes = 16 << 10
    package var headerBytes = 32 << 10
    package var fieldCount = 100

    /// Connections at a time, in all and from one address.
    package var connections = 4096
    package var connectionsPerAddress = 1024
    /// Connections past those bounds that are told so; the ones after that are closed without a word.
    package var refusals = 256
    /// Bodies of all requests in progress together, in bytes.
    package var bodyBytes = 256 << 20
    /// Up to this many bytes a body is small: ``smallBodiesReserve`` is kept for those.
    package static let smallBody = 64 << 10
    /// What the kernel may hold back for one connection, in bytes (it doubles the figure for its own needs).
    package var sendBuffer = 128 << 10

    package init() {}

    /// Most that any listener lets one body have; no bound here keeps a single one of these out.
    private static let longestBody = 4 << 20

    /// Bodies of the requests of one address together, in bytes: the share of ``bodyBytes`` that it may have of the
    /// connections.
    var bodyBytesPerAddress: Int {
        max(Self.longestBody, bodyBytes / max(1, connections) * min(connections, connectionsPerAddress))
    }

    /// Bytes of ``bodyBytes`` that only small bodies get.
    var smallBodiesReserve: Int { min(bodyBytes / 8, max(0, bodyBytes - Self.longestBody)) }
}
