import Foundation
import Operations
import Synchronization
import TestSupport
import Testing

@testable import Worker

@Suite(.timeLimit(.minutes(1)))
struct ScheduleServiceTests {
    private let folder: TemporaryDirectory
    /// Monday, 1 June 2026, 17:59 in UTC.
    private let clock = ManualWallClock(milliseconds: 1_780_336_740_000)

    init() throws {
        folder = try TemporaryDirectory()
    }

    @Test func `hours begin and end, also when the clock jumps, and the networks are told of each change`() async throws
    {
        let utc = try #require(TimeZone(identifier: "UTC"))
        let nights = Schedule([try #require(ScheduleWindow("Mon-Fri 18:00-08:00"))], timeZone: utc)
        let clock = clock
        let told = Atomic(0)
        try await withWorker([], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            let jobs = worker.parts.jobs
            let service = ScheduleService(
                nights,
                jobs: jobs,
                clock: clock.clock,
                stateChanged: { _ = told.add(1, ordering: .relaxed) },
                logger: worker.log.logger
            )
            #expect(jobs.admission.pause?.cause == .schedule)
            #expect(jobs.admission.pause?.reason == "outside the hours of [schedule]; opens at 18:00")
            clock.advance(by: .seconds(59))
            service.evaluate()
            #expect(jobs.admission.pause != nil)
            clock.advance(by: .seconds(1))
            service.evaluate()
            #expect(jobs.admission.pause == nil)
            // The clock is set back by an hour, then on by a day and a half.
            clock.advance(by: .seconds(-3600))
            service.evaluate()
            #expect(jobs.admission.pause != nil)
            clock.advance(by: .seconds(36 * 3600))
            service.evaluate()
            #expect(jobs.admission.pause == nil)
            #expect(told.load(ordering: .relaxed) == 4)
            service.evaluate()
            #expect(told.load(ordering: .relaxed) == 4)
            clock.advance(by: .seconds(12 * 3600))
            service.evaluate()
            #expect(jobs.admission.pause != nil)
            service.configure(nil)
            #expect(jobs.admission.pause == nil)
        }
    }
}
