import Backends
import Foundation
import Operations
import Testing
import WorkerTransport

@testable import Worker

struct WorkerConfigurationTests {
    private let good = """
        [worker]
        name = "rig"
        state_directory = "state"
        [[network]]
        name = "main"
        url = "https://gateway.example:7443"
        [[backend]]
        name = "vllm"
        kind = "openai"
        url = "http://127.0.0.1:8000/v1"
        [[model]]
        id = "tiny-chat"
        backend = "vllm"
        context_window = 2048
        """

    private func read(_ text: String) throws -> WorkerConfiguration {
        try WorkerConfiguration(ConfigurationFile(text: text, path: "/etc/decentral/worker.toml"))
    }

    @Test func `the sample file loads`() throws {
        let root = URL(fileURLWithPath: #filePath).pathComponents.dropLast(4).joined(separator: "/")
        let sample = try WorkerConfiguration(path: String(root.dropFirst()) + "/worker.toml.example")
        #expect(sample.models.map(\.id) == ["qwen3-8b"])
        #expect(sample.models[0].upstreamModel == "Qwen/Qwen3-8B")
        #expect(sample.worker.identityFile == "/var/lib/decentral-worker/identity.json")
    }

    @Test func `what init writes loads, with every option or none`() throws {
        let bare = ConfigurationTemplate(
            name: "a \"b\" \\ \u{7}",
            stateDirectory: "state",
            socket: "worker.sock",
            networkURL: nil,
            backendURL: nil,
            model: nil
        )
        #expect(!bare.isComplete)
        #expect(try read(bare.text).worker.name == "a \"b\" \\ \u{7}")
        var full = bare
        full.networkURL = "http://127.0.0.1:7443"
        full.backendURL = "unix:/run/llama.sock"
        full.model = "tiny-chat"
        #expect(full.isComplete)
        #expect(try read(full.text).networks.first?.url.authority == "127.0.0.1:7443")
        #expect(!full.text.contains("CHANGE"))
    }

    @Test func `defaults are those of the sample file`() throws {
        let configuration = try read(good)
        #expect(configuration.worker.stateDirectory == "/etc/decentral/state")
        #expect(configuration.worker.databaseFile == "/etc/decentral/state/worker.sqlite")
        #expect(configuration.worker.drainTimeout == .seconds(120))
        #expect(configuration.worker.keepJobs == .seconds(400 * 86_400))
        #expect(configuration.status.socket == "/run/decentral-worker/worker.sock")
        #expect(configuration.models[0].maxConcurrentJobs == 1)
        #expect(configuration.models[0].features == [.tools, .structuredOutput, .logprobs, .completions])
        #expect(configuration.models[0].tokenBudget == nil)
        #expect(configuration.worker.maxConcurrentJobs == nil)
        #expect(configuration.schedule.schedule == nil)
        #expect(configuration.backends[0].timeouts.firstToken == .seconds(90))
    }

    @Test(arguments: [
        ("backend = \"vllm\"", "backend = \"other\"", 13, "model[1].backend"),
        ("context_window = 2048", "context_window = \"2048\"", 14, "model[1].context_window"),
        ("context_window = 2048", "contxt_window = 2048", 14, "model[1].contxt_window"),
        ("kind = \"openai\"", "kind = \"magic\"", 9, "backend[1].kind"),
        ("https://gateway.example", "http://gateway.example", 6, "network[1].url"),
        ("name = \"rig\"", "nme = \"rig\"", 2, "worker.nme"),
        ("name = \"rig\"", "max_concurrent_jobs = 0", 2, "worker.max_concurrent_jobs"),
        ("[[network]]", "[schedule]\nhours = [\"Mon 9-17\"]\n[[network]]", 5, "schedule.hours"),
        ("[[network]]", "[schedule]\nhours = []\n[[network]]", 5, "schedule.hours"),
        ("[[network]]", "[schedule]\ntime_zone = \"Mars\"\n[[network]]", 5, "schedule.time_zone"),
        ("context_window = 2048", "context_window = 2048\ntoken_budget = 1", 15, "model[1].token_budget"),
        ("context_window = 2048", "context_window = 2048\nfeatures = [\"magic\"]", 15, "model[1].features"),
    ])
    func `a wrong value is named by line and key`(old: String, new: String, line: Int, key: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try read(good.replacingOccurrences(of: old, with: new))
        }
        #expect(error?.problems.contains { $0.line == line && $0.key == key } == true, "\(error as Any)")
    }

    @Test func `two sections of one name are refused`() throws {
        for section in ["network", "backend", "model"] {
            let start = try #require(good.range(of: "[[\(section)]]")).lowerBound
            let rest = good[start...]
            let end = rest.dropFirst(2).range(of: "[[")?.lowerBound ?? rest.endIndex
            let error = #expect(throws: ConfigurationError.self) { try read(good + "\n" + rest[..<end]) }
            #expect(error?.problems.contains { $0.key.hasPrefix("\(section)[2].") } == true, "\(section)")
        }
    }

    @Test func `metrics are served where the file says, and else nowhere`() throws {
        #expect(try read(good).status.metricsListen == nil)
        let local = try read("[status]\nmetrics_listen = \"127.0.0.1:9464\"\n" + good).status.metricsListen
        #expect(local?.isLoopback == true)
        #expect(local?.port == 9464)
        let open = try read("[status]\nmetrics_listen = \"[::]:9464\"\n" + good).status.metricsListen
        #expect(open?.host == "::")
        #expect(open?.isLoopback == false)
    }

    @Test(arguments: ["9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", ":9464", ""])
    func `a wrong address for the metrics is refused`(text: String) {
        #expect(throws: ConfigurationError.self) {
            try read("[status]\nmetrics_listen = \"\(text)\"\n" + good)
        }
    }
}
