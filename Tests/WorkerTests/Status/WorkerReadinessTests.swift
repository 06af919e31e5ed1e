import Backends
import Testing

@testable import Worker

struct WorkerReadinessTests {
    private func readiness(
        connected: Bool = true,
        error: String? = nil,
        health: BackendHealth = .healthy,
        admission: Admission = Admission(),
        uptime: Duration = .seconds(60)
    ) throws -> WorkerReadiness {
        var situation = try WorkerSituation.test(health: health)
        (situation.admission, situation.uptime) = (admission, uptime)
        if !connected {
            situation.networks[0].state = NetworkState(sinceMilliseconds: situation.nowMilliseconds)
            situation.networks[0].state.lastError = error
        }
        return WorkerReadiness(situation)
    }

    @Test func `connected with a healthy model is ready, without a warning`() throws {
        #expect(try readiness() == WorkerReadiness(state: .ready, warnings: []))
    }

    @Test func `a network that is down degrades, and the reason is told`() throws {
        let down = try readiness(connected: false, error: "connection refused")
        #expect(down.state == .degraded)
        #expect(down.warnings == ["network main is not connected: connection refused"])
    }

    @Test func `a sick model degrades, and the reason is told`() throws {
        let sick = try readiness(health: .unhealthy("out of memory"))
        #expect(sick.state == .degraded)
        #expect(sick.warnings == ["model tiny-chat is unhealthy: out of memory"])
    }

    @Test func `a worker that is loading its model is starting, not degraded`() throws {
        #expect(try readiness(health: .starting("loading"), uptime: .seconds(3)).state == .starting)
        #expect(try readiness(health: .starting("loading")).state == .degraded)
    }

    @Test func `draining comes before paused, and paused before all else`() throws {
        var admission = Admission()
        _ = admission.setPaused(true)
        #expect(try readiness(connected: false, admission: admission).state == .paused)
        _ = admission.drain()
        #expect(try readiness(connected: false, admission: admission).state == .draining)
    }

    @Test func `every cause of a pause is told, and a fault that stops no work as well`() throws {
        var admission = Admission()
        _ = admission.setPaused(true)
        _ = admission.setSchedule(closed: "outside the hours of [schedule]; opens at 18:00")
        _ = admission.setFaults([Fault(name: "clock", message: "2 s behind", stopsWork: false)])
        let paused = try readiness(admission: admission)
        #expect(paused.state == .paused)
        #expect(
            paused.warnings == [
                "paused by the operator: `decentral-worker resume` takes jobs again",
                "outside the hours of [schedule]; opens at 18:00", "clock: 2 s behind",
            ]
        )
    }

    @Test func `a fault that stops work is nobody's wish: the worker is degraded`() throws {
        var admission = Admission()
        _ = admission.setFaults([Fault(name: "disk_space", message: "1 MiB left", stopsWork: true)])
        #expect(try readiness(admission: admission).state == .degraded)
        _ = admission.setPaused(true)
        #expect(try readiness(admission: admission).state == .paused)
    }

    // MARK: Work that stays away

    /// A worker that got work, an hour ago, of a network that still has some.
    private func idle(_ change: (inout WorkerSituation) -> Void = { _ in }) throws -> WorkerReadiness {
        var situation = try WorkerSituation.test()
        situation.happened(.offered, ago: .seconds(3_000))
        situation.stands(.othersPreferred) { ($0.jobsLastHour, $0.jobsHereLastHour) = (12, 2) }
        change(&situation)
        return WorkerReadiness(situation)
    }

    @Test func `a worker that used to get work and gets none, while others do, is degraded`() throws {
        let readiness = try idle()
        #expect(readiness.state == .degraded)
        #expect(
            readiness.warnings == [
                "no offer for 50m 0s, while network main had 10 jobs of tiny-chat for others: `decentral-worker why`"
                    + " says what it thinks of this worker"
            ]
        )
    }

    @Test func `so is one that settled jobs before it was started again`() throws {
        let readiness = try idle {
            $0.activity = ActivityWindow(start: $0.now - .seconds(1_000))
            $0.uptime = .seconds(1_000)
            $0.lastDay.hasSettled = true
        }
        #expect(readiness.state == .degraded)
        #expect(readiness.warnings.count == 1)
    }

    @Test func `no demand, a recent offer, a fresh connection or a pause that just ended degrade nothing`() throws {
        let quiet: [(inout WorkerSituation) -> Void] = [
            { $0.stands(.noDemand) },
            { $0.happened(.offered, ago: .seconds(800)) },
            { $0.networks[0].state.sinceMilliseconds = $0.nowMilliseconds - 60_000 },
            { $0.activity = ActivityWindow(start: $0.now) },
            { $0.openSince = $0.now - .seconds(60) },
        ]
        for change in quiet { #expect(try idle(change) == WorkerReadiness(state: .ready, warnings: [])) }
    }

    @Test func `jobs that wait count as demand`() throws {
        let readiness = try idle { $0.stands(.eligible) { $0.jobsWaiting = 1 } }
        #expect(readiness.state == .degraded)
    }

    @Test func `a worker that is set aside is degraded until its time is up`() throws {
        var situation = try WorkerSituation.test()
        situation.stands(.setAside)
        situation.networks[0].state.standing?.setAside = .init(
            untilMilliseconds: situation.nowMilliseconds + 1,
            reason: "5 jobs in a row failed"
        )
        let readiness = WorkerReadiness(situation)
        #expect(readiness.state == .degraded)
        #expect(
            readiness.warnings == [
                "network main has set this worker aside until 2026-06-15T14:22:00Z: 5 jobs in a row failed"
            ]
        )
        // Another network may still give work.
        situation.networks.append(.test("other"))
        #expect(WorkerReadiness(situation).state == .ready)
        situation.nowMilliseconds += 1
        #expect(WorkerReadiness(situation) == WorkerReadiness(state: .ready, warnings: []))
    }

    @Test func `unpaid jobs are a warning with the most frequent reason`() throws {
        var situation = try WorkerSituation.test()
        situation.lastDay.unpaid = ["times": 1, "job_lost": 3]
        let readiness = WorkerReadiness(situation)
        #expect(readiness.state == .ready)
        #expect(
            readiness.warnings == [
                "4 jobs of the last day unpaid, most often for job_lost (the session was down for too long or the"
                    + " deadline passed, and the caller was refunded): `decentral-worker jobs list --status unpaid`"
            ]
        )
    }
}

extension WorkerReadiness {
    fileprivate init(state: WorkerStatus.State, warnings: [String]) {
        self.init(
            WorkerSituation(activity: ActivityWindow(start: .now), now: .now, nowMilliseconds: 0)
        )
        self.state = state
        self.warnings = warnings
    }
}
