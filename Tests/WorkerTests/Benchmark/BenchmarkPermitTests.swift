import Testing

@testable import Worker

struct BenchmarkPermitTests {
    private func status(inFlight: Int, state: WorkerStatus.State = .ready) -> DaemonView {
        var status = WorkerStatus.sample()
        status.state = state
        status.models[0].inFlight = inFlight
        return .running(status)
    }

    private func permit(_ daemon: DaemonView, isSupervised: Bool = false, backend: String = "llama") -> BenchmarkPermit
    {
        BenchmarkPermit(backend: backend, isSupervised: isSupervised, daemon: daemon)
    }

    @Test func `with the daemon down, or paused and idle, nothing is in the way`() {
        #expect(permit(.down) == .go)
        #expect(permit(.down, isSupervised: true) == .go)
        #expect(permit(status(inFlight: 0, state: .paused)) == .go)
    }

    @Test func `a backend with jobs of the network is left alone`() {
        guard case .refuse(let text, let hint) = permit(status(inFlight: 2)) else {
            Issue.record("a backend with jobs was put under load")
            return
        }
        #expect(text == "2 jobs of the network run on backend llama")
        #expect(hint.contains("pause"))
        guard case .warn = permit(status(inFlight: 2), backend: "other") else {
            Issue.record("jobs on one backend kept another from being measured")
            return
        }
    }

    @Test func `a backend that the daemon runs is not started beside it`() {
        let silent = DaemonView.silent("no permission", remedy: "sudo")
        for daemon in [status(inFlight: 0), status(inFlight: 0, state: .paused), silent] {
            guard case .refuse = permit(daemon, isSupervised: true) else {
                Issue.record("a second backend would be started")
                continue
            }
        }
        guard case .warn = permit(silent) else {
            Issue.record("a daemon that cannot be asked may send jobs")
            return
        }
    }
}
