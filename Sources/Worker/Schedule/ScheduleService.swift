import Foundation
import Logging
import Operations
import ServiceLifecycle
import Synchronization

/// Pauses and resumes the worker by the hours of `[schedule]`.
///
/// It looks at the clock on the wall again and again instead of waiting until the next change: a clock that is set, a
/// machine that slept and a schedule that was changed are then no cases of their own.
final class ScheduleService: Service {
    /// How often the clock is looked at: nobody sets hours by the second.
    private static let interval: Duration = .seconds(1)

    private let jobs: JobCoordinator
    private let clock: WallClock
    private let stateChanged: @Sendable () -> Void
    private let logger: Logger
    private let schedule: Mutex<Schedule?>

    /// - Parameters:
    ///   - schedule: `nil`: jobs are always taken.
    ///   - jobs: What is paused and resumed.
    ///   - clock: The clock on the wall.
    ///   - stateChanged: Tells the networks.
    ///   - logger: For the beginning and the end of the hours.
    init(
        _ schedule: Schedule?,
        jobs: JobCoordinator,
        clock: WallClock = .live,
        stateChanged: @escaping @Sendable () -> Void,
        logger: Logger
    ) {
        self.schedule = Mutex(schedule)
        self.jobs = jobs
        self.clock = clock
        self.stateChanged = stateChanged
        self.logger = logger
        evaluate()
    }

    /// Takes over a changed configuration.
    func configure(_ schedule: Schedule?) {
        self.schedule.withLock { $0 = schedule }
        evaluate()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil { self.evaluate() }
        }
    }

    /// Looks at the clock, and tells the jobs and the networks if the hours have begun or ended.
    func evaluate() {
        let now = Date(timeIntervalSince1970: Double(clock.nowMilliseconds) / 1000)
        let reason = schedule.withLock { $0 }?.closedReason(at: now)
        let before = jobs.admission.scheduleReason
        guard jobs.setSchedule(closed: reason) else { return }
        // The sentence also changes when the opening comes within a day; that is told and not logged.
        if (before == nil) != (reason == nil) {
            logger.notice(
                reason == nil ? "the hours of the schedule begin" : "the hours of the schedule are over",
                metadata: reason.map { ["reason": "\($0)"] } ?? [:]
            )
        }
        stateChanged()
    }
}
