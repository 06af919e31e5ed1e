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
        var table = ModelTable(try WorkerConfiguration.test().models)
        _ = table.probed("scripted", health)
        return WorkerReadiness(
            admission: admission,
            uptime: uptime,
            networks: [.init(name: "main", isConnected: connected, isDraining: false, lastError: error)],
            models: table.entries
        )
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
}

extension WorkerReadiness {
    fileprivate init(state: WorkerStatus.State, warnings: [String]) {
        self.init(admission: Admission(), uptime: .zero, networks: [], models: [])
        self.state = state
        self.warnings = warnings
    }
}
