import Backends
import Testing

@testable import Worker

struct WorkerReadinessTests {
    private func readiness(
        connected: Bool = true,
        error: String? = nil,
        health: BackendHealth = .healthy,
        paused: Bool = false,
        draining: Bool = false,
        uptime: Duration = .seconds(60)
    ) throws -> WorkerReadiness {
        var table = ModelTable(try WorkerConfiguration.test().models)
        _ = table.probed("scripted", health)
        return WorkerReadiness(
            isPaused: paused,
            isDraining: draining,
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
        #expect(try readiness(connected: false, paused: true, draining: true).state == .draining)
        #expect(try readiness(connected: false, paused: true).state == .paused)
    }
}

extension WorkerReadiness {
    fileprivate init(state: WorkerStatus.State, warnings: [String]) {
        self.init(isPaused: false, isDraining: false, uptime: .zero, networks: [], models: [])
        self.state = state
        self.warnings = warnings
    }
}
