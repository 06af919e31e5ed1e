/// How much of the last 30 days a worker was connected, newer days counting more.
///
/// Only time that the gateway itself was there for is judged: its own restarts cost no worker anything.
struct Uptime: Sendable, Equatable {
    /// Time that was judged, and the part of it with a session, in decaying milliseconds.
    private(set) var observed: DecayingCount
    private(set) var up: DecayingCount
    /// Unix milliseconds; what comes after it is not in the counts yet.
    private(set) var observedUntil: Int64
    private(set) var isUp = false

    /// A worker that is seen for the first time, or whose counts come from the disk.
    init(
        observed: DecayingCount = DecayingCount(),
        up: DecayingCount = DecayingCount(),
        observedFrom milliseconds: Int64
    ) {
        self.observed = observed
        self.up = up
        observedUntil = milliseconds
    }

    /// Takes the time until now into the counts.
    mutating func observe(until now: Int64) {
        guard now > observedUntil else { return }
        let span = DecayingCount.sum(over: now - observedUntil)
        observed.add(span, at: now)
        up.add(isUp ? span : 0, at: now)
        observedUntil = now
    }

    mutating func sessionBegan(at now: Int64) {
        observe(until: now)
        isUp = true
    }

    mutating func sessionEnded(at now: Int64) {
        observe(until: now)
        isUp = false
    }
}
