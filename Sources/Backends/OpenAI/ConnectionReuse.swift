/// Whether a backend's connections are used again after a reply, as a value that is told what they did.
///
/// Times are since the backend was made.
struct ConnectionReuse: Sendable {
    /// How long nothing is used again after a connection turned out to be closed.
    ///
    /// One may have met a restart of the server or the end of its patience; a server that closes each connection would
    /// otherwise have every request sent twice.
    static let caution = Duration.seconds(300)

    private var closesStreams = false
    private var cautiousUntil: Duration?

    /// A reply came from llama.cpp, which closes the connection after every stream without saying so.
    mutating func metLlamaCpp() {
        closesStreams = true
    }

    /// A connection was closed before a byte of its reply came.
    mutating func metClosedConnection(at now: Duration) {
        cautiousUntil = now + Self.caution
    }

    /// Whether a request that begins now may leave its connection for the next.
    func isAllowed(at now: Duration) -> Bool {
        !closesStreams && cautiousUntil.map { now >= $0 } ?? true
    }
}
