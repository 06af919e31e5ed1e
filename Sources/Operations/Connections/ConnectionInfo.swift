/// What is known about the connection that a request came in on.
///
/// Hummingbird makes a request context from a channel and a logger only. So ``ObservedHTTP1Channel`` puts this into a
/// task-local around the connection's handling, and a context's initializer takes it out, once:
/// ```swift
/// init(source: ApplicationRequestContextSource) {
///     self.coreContext = .init(source: source)
///     self.connection = ConnectionInfo.current
/// }
/// ```
/// Nothing else should read ``current``: from there on the context carries it.
package struct ConnectionInfo: Sendable {
    /// Goes off when the caller has gone.
    package let hangUp: HangUpSignal
    /// Who connected, if that was over a Unix socket.
    package let peer: PeerCredentials?
    /// Says that the request's body will be read, to a caller that sent `Expect: 100-continue` and waits for it.
    package let bodyWanted: @Sendable () -> Void

    package init(
        hangUp: HangUpSignal = HangUpSignal(),
        peer: PeerCredentials? = nil,
        bodyWanted: @escaping @Sendable () -> Void = {}
    ) {
        self.hangUp = hangUp
        self.peer = peer
        self.bodyWanted = bodyWanted
    }

    @TaskLocal private static var ofTask: ConnectionInfo?

    /// The connection that this task serves; outside of one (in a router's tests) a caller who never hangs up.
    package static var current: ConnectionInfo { self.ofTask ?? ConnectionInfo() }

    static func with(_ info: ConnectionInfo, _ body: () async -> Void) async {
        await self.$ofTask.withValue(info, operation: body)
    }
}
