package import Operations

extension BackendConfiguration {
    /// The words for `kind`.
    private enum KindName: String, CaseIterable, Sendable {
        case openAI = "openai"
        case llamaServer = "llama-server"
    }

    /// Reads a `[[backend]]` table.
    ///
    /// - `name`: string, required; what `[[model]]` refers to: letters, digits, `.`, `_` and `-`, at most 32.
    /// - `kind`: `"openai"` or `"llama-server"`, required.
    ///
    /// For `openai`:
    /// - `url`: string, required: `http://…`, `https://…` or `unix:/path.sock`, with the base path (`/v1`).
    /// - `api_key_file`: path, optional: a file with the key on one line, readable by its owner only.
    ///
    /// For `llama-server`:
    /// - `command`: array of strings, default `["llama-server"]`: the program and what goes before our arguments.
    /// - `model_file`: path, required: the GGUF file.
    /// - `arguments`: array of strings, default empty: more arguments for the server; those that could write prompts
    ///   down or that the worker sets itself are refused.
    /// - `idle_unload_seconds`: integer, 10 to 86400 s, optional: after this time without jobs the server is stopped,
    ///   and the next job starts it; by default it is kept.
    ///
    /// - Throws: `ConfigurationError` with file, line, key, what was found and what is expected.
    package init(reading table: inout ConfigurationTable) throws(ConfigurationError) {
        name = try table.value("name", expected: "a name of letters, digits, \".\", \"_\" and \"-\", at most 32") {
            Self.isName($0) ? $0 : nil
        }
        let kind: KindName = try table.choice("kind")
        switch kind {
        case .openAI: self.kind = .openAI(try Self.openAI(&table))
        case .llamaServer: self.kind = .llamaServer(try Self.llamaServer(&table))
        }
    }

    private static func openAI(
        _ table: inout ConfigurationTable
    ) throws(ConfigurationError) -> OpenAIBackend.Configuration {
        let url = try table.string("url")
        let keyFile = try table.optionalPath("api_key_file")
        return try placed(in: table) { () throws(SettingError) in
            let endpoint = try OpenAIEndpoint(url: url)
            guard let keyFile else { return OpenAIBackend.Configuration(endpoint: endpoint) }
            return OpenAIBackend.Configuration(endpoint: endpoint, apiKey: try APIKey(file: keyFile))
        }
    }

    private static func llamaServer(
        _ table: inout ConfigurationTable
    ) throws(ConfigurationError) -> LlamaServerBackend.Configuration {
        let command = try table.strings("command", default: ["llama-server"])
        let modelFile = try table.path("model_file")
        let arguments = try table.strings("arguments")
        let unloadAfter = try table.optionalInteger("idle_unload_seconds", in: 10...86_400)
        var configuration = try placed(in: table) { () throws(SettingError) in
            try LlamaServerBackend.Configuration(command: command, modelFile: modelFile, arguments: arguments)
        }
        configuration.restart.unloadAfter = unloadAfter.map { .seconds($0) }
        return configuration
    }

    /// Adds to an error of a setting where in the file it is.
    private static func placed<Value>(
        in table: ConfigurationTable,
        _ make: () throws(SettingError) -> Value
    ) throws(ConfigurationError) -> Value {
        do {
            return try make()
        } catch {
            throw table.error(error.key, found: error.found, expected: error.expected)
        }
    }

    /// Whether it can be part of a directory's name and of a metric's label.
    private static func isName(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
