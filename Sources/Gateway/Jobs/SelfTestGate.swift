import Signing

/// How often a worker may test itself: one test at a time, and one in 10 s, whatever its sessions.
struct SelfTestGate: Sendable {
    static let interval: Duration = .seconds(10)

    /// Why a test may not begin.
    enum Refusal: Error, Equatable {
        case running
        case tooSoon
    }

    private var started: [Address: ContinuousClock.Instant] = [:]
    private var running: Set<Address> = []

    /// A test begins; ``ended(_:)`` must follow.
    ///
    /// - Throws: ``Refusal``; then nothing has begun.
    mutating func began(_ worker: Address, at now: ContinuousClock.Instant) throws(Refusal) {
        guard !running.contains(worker) else { throw .running }
        // What is older keeps nobody back, and forgetting it bounds the memory.
        started = started.filter { now - $0.value < Self.interval }
        guard started[worker] == nil else { throw .tooSoon }
        started[worker] = now
        running.insert(worker)
    }

    mutating func ended(_ worker: Address) {
        running.remove(worker)
    }
}
