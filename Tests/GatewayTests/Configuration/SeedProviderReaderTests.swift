import Backends
import Operations
import Testing

@testable import Gateway

@Suite struct SeedProviderReaderTests {
    private func read(_ text: String) throws -> [SeedProvider] {
        try GatewayConfiguration(ConfigurationFile(text: text, path: "/etc/decentral/gateway.toml")).seedProviders
    }

    private func provider(_ lines: String = "", model: String = #"id = "qwen3-8b""#) -> String {
        """
        [[seed_provider]]
        name = "first-party"
        url = "http://127.0.0.1:8000/v1"
        \(lines)
        [[seed_provider.model]]
        \(model)

        """
    }

    @Test func `a provider is read with its defaults`() throws {
        let seed = try #require(try read(provider()).first)
        #expect(seed.name == "first-party")
        #expect(seed.endpoint.display == "http://127.0.0.1:8000/v1")
        #expect(seed.apiKeyFile == nil)
        #expect(seed.maxConcurrentJobs == 8)
        #expect(seed.features == [.tools, .structuredOutput, .logprobs])
        #expect(seed.models == ["qwen3-8b": "qwen3-8b"])
    }

    @Test func `a provider is read with all that it can say, and its key is not looked for yet`() throws {
        let lines = """
            api_key_file = "seed.key"
            max_concurrent_jobs = 2
            features = ["tools", "embeddings"]
            """
        let model = "id = \"qwen3-8b\"\nupstream_model = \"Qwen/Qwen3-8B\""
        let seed = try #require(try read(provider(lines, model: model)).first)
        #expect(seed.apiKeyFile == "/etc/decentral/seed.key")
        #expect(seed.maxConcurrentJobs == 2)
        #expect(seed.features == [.tools, .embeddings])
        #expect(seed.models == ["qwen3-8b": "Qwen/Qwen3-8B"])
    }

    @Test func `what a provider cannot be is refused`() {
        let twice = provider() + provider()
        let without = "[[seed_provider]]\nname = \"a\"\nurl = \"http://127.0.0.1:1/v1\"\n"
        for text in [
            provider(model: #"id = "unknown""#), provider("features = [\"vision\"]"),
            provider("max_concurrent_jobs = 0"),
            provider().replacing("http://", with: "ftp://"), twice, without,
            provider(model: "id = \"qwen3-8b\"\n[[seed_provider.model]]\nid = \"qwen3-8b\""),
        ] {
            #expect(throws: ConfigurationError.self) { try read(text) }
        }
    }
}
