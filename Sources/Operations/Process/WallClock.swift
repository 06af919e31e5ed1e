import Glibc
import Synchronization

/// The time of day, as a value that is passed in.
///
/// Wall time may jump; durations are measured with a `ContinuousClock`.
package struct WallClock: Sendable {
    private let read: @Sendable () -> Int64

    /// Makes a clock from a function that returns Unix milliseconds.
    package init(read: @escaping @Sendable () -> Int64) {
        self.read = read
    }

    /// The system's clock.
    package static let live = WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// The time now, in Unix milliseconds.
    package var nowMilliseconds: Int64 { self.read() }
}

/// A wall clock that stands still until it is told to move, for tests.
package final class ManualWallClock: Sendable {
    private let milliseconds: Mutex<Int64>

    /// Starts the clock at a time in Unix milliseconds.
    package init(milliseconds: Int64) {
        self.milliseconds = Mutex(milliseconds)
    }

    /// The clock to pass to what is tested.
    package var clock: WallClock {
        WallClock { self.milliseconds.withLock { $0 } }
    }

    /// Moves the time forwards, or back with a negative duration.
    package func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.milliseconds.withLock { $0 += seconds * 1_000 + attoseconds / 1_000_000_000_000_000 }
    }

    /// Sets the time in Unix milliseconds.
    package func set(milliseconds: Int64) {
        self.milliseconds.withLock { $0 = milliseconds }
    }
}
