/// The time since some start, on a clock that the caller chose.
///
/// Values that decide (``GenerationTimer``, ``LlamaServerSupervision``) take time as a `Duration`, so that they need
/// not be generic over a clock; this is where they get it from.
package struct Stopwatch: Sendable {
    private let read: @Sendable () -> Duration
    private let wait: @Sendable (Duration) async throws -> Void

    /// Starts now.
    package init(_ clock: any Clock<Duration>) {
        self.init(opening: clock)
    }

    private init<C: Clock>(opening clock: C) where C.Duration == Duration {
        let start = clock.now
        read = { start.duration(to: clock.now) }
        wait = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
    }

    /// The time since the start.
    package var elapsed: Duration { read() }

    /// Waits.
    ///
    /// - Throws: `CancellationError` if the task is cancelled.
    package func sleep(for duration: Duration) async throws {
        try await wait(duration)
    }
}
