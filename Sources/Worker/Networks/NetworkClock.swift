import Operations
import Synchronization

/// The network's time, as its heartbeats tell it: this machine's clock plus an offset.
///
/// What a heartbeat says is older by the time that it travelled, so the clock lags by that; receipts are taken within
/// 30 s.
final class NetworkClock: Sendable {
    private let clock: WallClock
    /// In milliseconds; read for every piece of output, so an atomic and not a mutex.
    private let offset = Atomic<Int64>(0)

    init(_ clock: WallClock) {
        self.clock = clock
    }

    /// Takes over what the network's clock says now.
    func told(milliseconds: Int64) {
        let own = clock.nowMilliseconds
        offset.store(milliseconds - own, ordering: .relaxed)
    }

    /// Unix milliseconds in the network's time.
    var nowMilliseconds: Int64 { clock.nowMilliseconds + offset.load(ordering: .relaxed) }

    /// How far this machine's clock is behind the network's, in milliseconds.
    var offsetMilliseconds: Int64 { offset.load(ordering: .relaxed) }
}
