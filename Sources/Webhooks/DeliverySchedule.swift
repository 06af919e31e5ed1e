/// When a message that could not be delivered is sent again, and when that ends.
package struct DeliverySchedule: Sendable {
    /// Waits before the second and all further attempts.
    package var waits: [Duration] = [
        .seconds(5), .seconds(60), .seconds(300), .seconds(1800), .seconds(7200), .seconds(28800), .seconds(86400),
    ]
    /// Each wait is longer or shorter by up to this part of it, so that receivers are not all tried at one instant.
    package var jitter = 0.1
    /// A webhook none of whose messages arrived for so long is disabled when one is dead.
    package var disabledAfter: Duration = .seconds(5 * 86400)
    /// How long a receiver has to answer.
    package var timeout: Duration = .seconds(10)

    package init() {}

    /// How long to wait after `attempts` that failed; `nil` when the message is dead.
    ///
    /// `random` is from 0 to 1.
    package func wait(afterAttempts attempts: Int, random: Double) -> Duration? {
        precondition(attempts >= 1, "a wait follows an attempt, not \(attempts)")
        guard attempts <= waits.count else { return nil }
        return waits[attempts - 1] * (1 - jitter + 2 * jitter * random)
    }
}
