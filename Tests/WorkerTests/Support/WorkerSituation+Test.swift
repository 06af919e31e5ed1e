import Backends
import InferenceAPI
import Signing
import WorkerProtocol

@testable import Worker

extension WorkerSituation {
    static let testNow: Int64 = 1_781_533_320_000
    static let testGateway = Identity.generate().address

    /// A worker that has been up and connected for a day, healthy, with one model and nothing to do.
    static func test(health: BackendHealth = .healthy) throws -> WorkerSituation {
        let start = ContinuousClock.now
        var table = ModelTable(try WorkerConfiguration.test().models)
        _ = table.probed("scripted", health)
        return WorkerSituation(
            uptime: .seconds(86_400),
            networks: [.test()],
            models: table.entries,
            activity: ActivityWindow(start: start),
            now: start + .seconds(86_400),
            nowMilliseconds: testNow
        )
    }

    /// Something that happened so long ago.
    mutating func happened(_ kinds: JobEvent.Kind..., ago: Duration = .seconds(60)) {
        for kind in kinds {
            let id = JobID(milliseconds: 1, random: 1)
            let event = JobEvent(kind: kind, network: Self.testGateway, jobID: id, model: "tiny-chat")
            activity.record(event, at: now - ago)
        }
    }

    /// What the network says of the model.
    mutating func stands(_ verdict: NetworkStanding.Verdict, _ change: (inout NetworkStanding.Model) -> Void = { _ in })
    {
        var model = NetworkStanding.Model(
            id: "tiny-chat",
            verdict: verdict,
            message: "",
            score: 500,
            bestScore: 500,
            workers: 1,
            jobsLastHour: 0,
            jobsHereLastHour: 0,
            jobsWaiting: 0
        )
        change(&model)
        networks[0].state.standing = NetworkStanding(
            models: [model],
            parts: .init(completion: 900, timeToFirstToken: 300, proof: 1000, uptime: 500),
            setAside: nil,
            receivedAtMilliseconds: nowMilliseconds
        )
    }
}

extension WorkerSituation.Network {
    /// A network that has been connected for a day.
    static func test(_ name: String = "main") -> WorkerSituation.Network {
        var state = NetworkState(sinceMilliseconds: WorkerSituation.testNow - 86_400_000)
        state.isConnected = true
        state.gateway = WorkerSituation.testGateway.description
        return .init(name: name, url: "http://127.0.0.1:7443", state: state)
    }

    /// One that could not be reached.
    static func down(
        _ message: String,
        code: SessionClosure.Code = .lost,
        name: String = "main"
    ) -> WorkerSituation.Network {
        var network = test(name)
        network.state.ended(SessionClosure(code, message), atMilliseconds: WorkerSituation.testNow - 60_000)
        return network
    }
}
