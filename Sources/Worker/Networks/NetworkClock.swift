import Operations
import Synchronization

/// The network's time, as its heartbeats tell it: what the network's clock said last, and the time since.
///
/// The time since is measured on a clock that never jumps: whoever moves this machine's time of day in the middle of a
/// job moves no time in a receipt. What a heartbeat says is older by the time that it travelled, so the clock lags by
/// that; receipts are taken within 30 s.
final class NetworkClock: Sendable {
    private let clock: WallClock
    private let origin = ContinuousClock.now
    /// The network's time at `origin`, in milliseconds; read for every piece of output, so an atomic and not a mutex.
    private let timeAtOrigin: Atomic<Int64>

    /// A clock that takes this machine's time for the network's until it is told otherwise.
    init(_ clock: WallClock) {
        self.clock = clock
        timeAtOrigin = Atomic(clock.nowMilliseconds)
    }

    /// Takes over what the network's clock says now.
    func told(milliseconds: Int64) {
        timeAtOrigin.store(milliseconds - sinceOrigin, ordering: .relaxed)
    }

    /// Unix milliseconds in the network's time.
    var nowMilliseconds: Int64 { timeAtOrigin.load(ordering: .relaxed) + sinceOrigin }

    /// How far this machine's clock is behind the network's now, in milliseconds.
    var offsetMilliseconds: Int64 { nowMilliseconds - clock.nowMilliseconds }

    private var sinceOrigin: Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - origin).components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
