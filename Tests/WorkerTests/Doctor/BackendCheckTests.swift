import Backends
import InferenceAPI
import Operations
import TestSupport
import Testing

@testable import Worker

struct BackendCheckTests {
    private func models(slots: Int = 2) throws -> [ModelSection] {
        let text = """
            [[backend]]
            name = "scripted"
            kind = "openai"
            url = "http://127.0.0.1:1/v1"
            [[model]]
            id = "tiny"
            backend = "scripted"
            upstream_model = "Tiny"
            max_concurrent_jobs = \(slots)
            context_window = 2048
            """
        return try WorkerConfiguration(ConfigurationFile(text: text, path: "/etc/worker.toml")).models
    }

    private func check(
        _ backend: ScriptedBackend,
        isSupervised: Bool = false,
        daemon: DaemonView = .down
    ) throws -> BackendCheck {
        BackendCheck(
            backend: backend,
            models: try models(),
            timeouts: GenerationTimeouts(),
            isSupervised: isSupervised,
            daemon: daemon,
            startLimit: .seconds(5)
        )
    }

    private func failing(_ code: BackendError.Code) -> ScriptedBackend {
        ScriptedBackend { _ in ([.fail(BackendError(code, "in its own words"))], nil) }
    }

    @Test func `a backend is asked for one token of each model, by its own name for it`() async throws {
        let backend = ScriptedBackend(saying: ["Hi"])
        let findings = try await check(backend).examine()
        #expect(findings.map(\.name) == ["model tiny"])
        #expect(findings.map(\.result) == [.ok])
        for await case .generationBegan(let body) in backend.events {
            let text = String(decoding: body, as: UTF8.self)
            #expect(text.contains(#""model":"Tiny""#))
            #expect(text.contains(#""max_tokens":1"#))
            break
        }
    }

    @Test(arguments: BackendError.Code.allCases)
    func `a backend that fails is a fault with what helps`(code: BackendError.Code) async throws {
        let findings = try await check(failing(code)).examine()
        #expect(findings.map(\.result) == [.fault])
        #expect(findings[0].detail == "scripted: in its own words")
        #expect(findings[0].remedy != nil)
    }

    @Test func `an answer without a token is a fault`() async throws {
        let backend = ScriptedBackend { _ in ([], nil) }
        #expect(try await check(backend).examine().map(\.result) == [.fault])
    }

    @Test func `what the backend says of itself is held against the configuration`() async throws {
        let backend = ScriptedBackend(saying: ["Hi"])
        backend.setHealth(
            BackendHealth(state: .healthy, slots: 1, contextWindow: 1_024, models: [.init(id: "Other")])
        )
        let findings = try await check(backend).examine()
        #expect(findings.map(\.result) == [.ok, .warning, .warning, .warning])
        #expect(findings[1].detail.contains("does not list Tiny, but Other"))
        #expect(findings[2].detail.contains("context_window is 2048, but scripted has 1024"))
        #expect(findings[3].detail.contains("max_concurrent_jobs is 2, but scripted runs 1"))
    }

    @Test func `a supervised backend is the daemon's to tell of while that runs`() async throws {
        var status = WorkerStatus.sample()
        let healthy = try await check(failing(.failed), isSupervised: true, daemon: .running(status)).examine()
        #expect(healthy.map(\.result) == [.ok])
        status.models[0].health = "unhealthy"
        status.models[0].reason = "it ended 5 times"
        let ill = try await check(failing(.failed), isSupervised: true, daemon: .running(status)).examine()
        #expect(ill.map(\.result) == [.fault])
        #expect(ill[0].detail.contains("it ended 5 times"))
        status.models = []
        let other = try await check(failing(.failed), isSupervised: true, daemon: .running(status)).examine()
        #expect(other.map(\.result) == [.warning])
        let silent = DaemonView.silent("no permission", remedy: "sudo")
        #expect(try await check(failing(.failed), isSupervised: true, daemon: silent).examine().map(\.result) == [.ok])
    }

    @Test func `a supervised backend that does not start is a fault with its reason`() async throws {
        let backend = ScriptedBackend(saying: ["Hi"])
        backend.setHealth(.unhealthy("no such file"))
        let findings = try await check(backend, isSupervised: true).examine()
        #expect(findings.map(\.result) == [.fault])
        #expect(findings[0].detail.contains("no such file"))
        backend.setHealth(.healthy)
        #expect(try await check(backend, isSupervised: true).examine().map(\.result) == [.ok])
    }

    @Test func `a backend that no model uses is warned of`() async {
        let check = BackendCheck(
            backend: ScriptedBackend(saying: []),
            models: [],
            timeouts: GenerationTimeouts(),
            isSupervised: false,
            daemon: .down
        )
        #expect(await check.examine().map(\.result) == [.warning])
    }
}
