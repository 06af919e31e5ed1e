import WorkerProtocol

/// How long to wait between two sessions: longer after each failure, and different on every machine.
///
/// Shape: "full jitter", a random time up to a bound that doubles from 0.25 s to 30 s, but never under an eighth of it;
/// so a gateway that comes back is not dialled by all its workers at once. A session that lasted resets it: one that is
/// welcomed and ended at once is no better than none.
struct ReconnectBackoff: Sendable {
    static let shortest: Duration = .milliseconds(250)
    static let longest: Duration = .seconds(30)
    /// After a refusal that dialling again does not change.
    static let afterRefusal: Duration = .seconds(60)

    /// How long a session must last to count as one.
    static let lasting: Duration = .seconds(30)
    /// Most that a network may have a worker wait.
    static let longestWish: Duration = .seconds(3_600)

    private var bound = Self.shortest

    init() {}

    /// The session that now ends had lasted.
    mutating func lasted() {
        bound = Self.shortest
    }

    /// The session ended, or never stood.
    ///
    /// - Parameters:
    ///   - closure: Why; its code and the network's wish decide.
    ///   - random: From 0 to 1.
    /// - Returns: How long to wait before dialling again.
    mutating func ended(_ closure: SessionClosure, random: Double) -> Duration {
        let wait: Duration
        switch closure.code {
        case .rejected, .banned, .unverifiedGateway, .duplicate:
            wait = Self.afterRefusal * (0.75 + random / 2)
        case .lost, .heartbeatMissed, .handshakeTimeout, .superseded, .protocolViolation, .drained, .shutdown:
            wait = bound * (0.125 + random * 0.875)
            bound = min(bound * 2, Self.longest)
        }
        return max(wait, min(closure.retryAfter ?? .zero, Self.longestWish))
    }
}
