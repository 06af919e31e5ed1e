import Operations
import Testing

@testable import Gateway

@Suite struct ModelAliasReaderTests {
    private func read(_ text: String) throws -> GatewayConfiguration {
        try GatewayConfiguration(ConfigurationFile(text: text, path: "/etc/decentral/gateway.toml"))
    }

    private func alias(_ id: String, of model: String, retires: String = "2027-01-31") -> String {
        """
        [[model_alias]]
        id = "\(id)"
        model = "\(model)"
        retires = "\(retires)"

        """
    }

    @Test func `an alias is read with its model and its day`() throws {
        let expected = try #require(ModelAlias(id: "old", model: "qwen3-8b", retires: "2027-01-31"))
        #expect(try read(alias("old", of: "qwen3-8b")).modelAliases == [expected])
    }

    @Test func `an alias of an unknown model, of an alias or of a model of the file is refused`() {
        let own = """
            [[model]]
            id = "own"
            tier = "lite"
            parameters = "1M"
            context_window = 2048

            """
        for text in [
            alias("old", of: "nothing"), alias("old", of: "qwen3-8b") + alias("older", of: "old"),
            alias("older", of: "qwen3-8b") + alias("qwen3-8b", of: "qwen3-14b"),
            alias("old", of: "qwen3-8b") + alias("old", of: "qwen3-14b"), own + alias("own", of: "qwen3-8b"),
            alias("old", of: "old"),
        ] {
            #expect(throws: ConfigurationError.self) { try read(text) }
        }
    }

    @Test func `a day that no month has is refused by its key`() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try read(alias("old", of: "qwen3-8b", retires: "2027-02-30"))
        }
        #expect("\(error)".contains("retires"))
        #expect("\(error)".contains("2027-02-30"))
    }
}
