import FoundationEssentials
import Operations
import Testing

@testable import Backends

@Suite struct BackendConfigurationFileTests {
    @Test func `both kinds are read`() throws {
        let backends = try read(
            """
            [[backend]]
            name = "vllm"
            kind = "openai"
            url = "http://127.0.0.1:8000/v1"

            [[backend]]
            name = "llama"
            kind = "llama-server"
            command = ["nice", "llama-server"]
            model_file = "models/m.gguf"
            arguments = ["--n-gpu-layers", "99"]
            """
        )
        #expect(backends.map(\.name) == ["vllm", "llama"])
        guard case .openAI(let server) = backends[0].kind, case .llamaServer(var llama) = backends[1].kind else {
            Issue.record("the kinds are not as written: \(backends)")
            return
        }
        #expect(server.endpoint.base == "http://127.0.0.1:8000/v1")
        #expect(server.apiKey == nil)
        #expect(llama.command == ["nice", "llama-server"])
        // Relative paths are relative to the file.
        #expect(llama.modelFile == "/etc/decentral/models/m.gguf")
        #expect(llama.slots == nil)

        var served = backends[1]
        served.serve(slots: 3, contextWindow: 100)
        guard case .llamaServer(let told) = served.kind else { return }
        (llama.slots, llama.contextWindow) = (3, 100)
        #expect(told == llama)
    }

    @Test func `a key file is read once, and refused if others can read it`() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/key"
            try "sk-1\n".write(toFile: path, atomically: true, encoding: .utf8)
            let text = """
                [[backend]]
                name = "a"
                kind = "openai"
                url = "http://127.0.0.1:1/v1"
                api_key_file = "\(path)"
                """
            try setPermissions(0o600, of: path)
            guard case .openAI(let server) = try read(text)[0].kind else { return }
            #expect(server.apiKey?.secret == "sk-1")
            try setPermissions(0o644, of: path)
            #expect(problem(in: text)?.contains("worker.toml:5: backend[1].api_key_file: found ") == true)
        }
    }

    @Test(arguments: [
        (#"name = "a b""#, "worker.toml:2: backend[1].name: "),
        (#"kind = "ollama""#, #"worker.toml:3: backend[1].kind: found the string "ollama""#),
        (#"url = "ftp://x""#, #"worker.toml:4: backend[1].url: found "ftp://x", expected a URL such as"#),
        (#"model_file = "/m.gguf""#, "worker.toml:5: backend[1].model_file: found an unknown key"),
    ])
    func `a wrong setting is named with its place`(line: String, expected: String) throws {
        var lines = [#"name = "a""#, #"kind = "openai""#, #"url = "http://127.0.0.1:1/v1""#]
        let key = line.prefix { $0 != " " }
        if let index = lines.firstIndex(where: { $0.hasPrefix(key) }) {
            lines[index] = line
        } else {
            lines.append(line)
        }
        let found = try #require(problem(in: "[[backend]]\n" + lines.joined(separator: "\n")))
        #expect(found.contains(expected), "\(found)")
    }

    @Test func `an argument that would store prompts is named with its place`() {
        let found = problem(
            in: """
                [[backend]]
                name = "a"
                kind = "llama-server"
                model_file = "/m.gguf"
                arguments = ["--log-file", "/tmp/x"]
                """
        )
        #expect(found?.contains("worker.toml:5: backend[1].arguments: found --log-file, expected none of that") == true)
    }

    private func read(_ text: String) throws -> [BackendConfiguration] {
        var root = try ConfigurationFile(text: text, path: "/etc/decentral/worker.toml").root
        return try root.tables("backend") { table throws(ConfigurationError) in
            try BackendConfiguration(reading: &table)
        }
    }

    private func problem(in text: String) -> String? {
        do {
            _ = try read(text)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
