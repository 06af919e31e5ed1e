/// When to send a heartbeat, and when the other end has missed too many.
///
/// Anything received counts as a sign of life, so a busy stream needs no heartbeats to stay up.
struct SessionPulse: Sendable, Equatable {
    let interval: Duration
    private var lastHeard: ContinuousClock.Instant
    private var nextBeat: ContinuousClock.Instant

    init(interval: Duration, at now: ContinuousClock.Instant) {
        self.interval = interval
        lastHeard = now
        nextBeat = now + interval
    }

    /// The instant at which ``timeReached(_:)`` has something to say.
    var deadline: ContinuousClock.Instant { min(nextBeat, silenceEnds) }

    private var silenceEnds: ContinuousClock.Instant { lastHeard + interval * (SessionLimits.missedHeartbeats + 1) }

    mutating func heard(at now: ContinuousClock.Instant) {
        lastHeard = now
    }

    enum OnTimeReached: Sendable, Equatable {
        /// Nothing is due yet.
        case wait
        /// Send a heartbeat.
        case beat
        /// The other end was silent for too long: end the session.
        case silent
    }

    mutating func timeReached(_ now: ContinuousClock.Instant) -> OnTimeReached {
        if now >= silenceEnds { return .silent }
        guard now >= nextBeat else { return .wait }
        // Counted from now and not from the last beat: after a machine slept there is one beat due, not hundreds.
        nextBeat = now + interval
        return .beat
    }
}
