import Synchronization

/// The time of day without its jumps, as a value: it runs evenly, and nears a wall clock that was set by a tenth of the
/// time that passes.
///
/// For times that are compared with each other across minutes: an hour that somebody takes from the machine's clock must
/// not lie between the two ends of a job. It never runs backwards.
package struct SteadyTime: Sendable {
    /// Of each second, the part by which the time may run faster or slower to near the wall clock.
    static let correction: Int64 = 10

    /// Unix time in nanoseconds, so that the shortest steps are not lost in rounding.
    private var nanoseconds: Int64
    private var last: ContinuousClock.Instant

    /// Starts at the wall clock's time, in Unix milliseconds.
    package init(milliseconds: Int64, at now: ContinuousClock.Instant) {
        nanoseconds = milliseconds * 1_000_000
        last = now
    }

    /// Tells the time.
    ///
    /// - Parameters:
    ///   - wall: What the wall clock says, in Unix milliseconds.
    ///   - now: The same moment on a clock that never jumps; an earlier one than before counts as none.
    /// - Returns: Unix milliseconds.
    package mutating func milliseconds(wall: Int64, at now: ContinuousClock.Instant) -> Int64 {
        let (seconds, attoseconds) = max(now - last, .zero).components
        let passed = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        last = max(last, now)
        let difference = wall * 1_000_000 - (nanoseconds + passed)
        // A difference under a millisecond is only what the wall clock's milliseconds round away.
        let wanted = difference.magnitude < 1_000_000 ? 0 : difference
        let most = passed / Self.correction
        nanoseconds += passed + min(max(wanted, -most), most)
        return nanoseconds / 1_000_000
    }
}

extension WallClock {
    /// The time of day of another clock, without its jumps.
    package static func steady(following wall: WallClock) -> WallClock {
        let time = Mutex(SteadyTime(milliseconds: wall.nowMilliseconds, at: .now))
        return WallClock { time.withLock { $0.milliseconds(wall: wall.nowMilliseconds, at: .now) } }
    }
}
