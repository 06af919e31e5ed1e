import FoundationEssentials
import Testing

@testable import Backends

@Suite struct LlamaServerConfigurationTests {
    @Test(arguments: [
        "-v", "--verbose", "--log-file", "--log_file", "--log-file=/tmp/x", "-lv", "--verbosity", "--slot-save-path",
        "--prompt-cache", "--host", "--port", "-m", "--model", "-hf", "--api-key", "--log-prompts-dir", "--version",
        "--log-verbosity=5", "-lv=5", "--tools=all", "--agent", "--media-path", "--mcp_servers_json", "--props",
        "--rpc", "--lookup-cache-dynamic", "-lcd",
    ])
    func `an argument that stores prompts or is ours is refused with the reason`(argument: String) async {
        let error = await expectSettingError {
            _ = try LlamaServerBackend.Configuration(
                command: ["llama-server"],
                modelFile: "/m.gguf",
                arguments: ["--threads", "2", argument]
            )
        }
        #expect(error?.key == "arguments")
        #expect(error?.expected.hasPrefix("none of that: ") == true)
    }

    @Test func `a wrapper's own arguments are its own, but not what stores prompts`() async throws {
        _ = try LlamaServerBackend.Configuration(command: ["python3", "-m", "server", "-v"], modelFile: "/m.gguf")
        let error = await expectSettingError {
            _ = try LlamaServerBackend.Configuration(command: ["llama-server", "--verbose"], modelFile: "/m.gguf")
        }
        #expect(error?.key == "command")
    }

    @Test func `an empty command and an empty model file are refused`() async {
        await expectSettingError { _ = try LlamaServerBackend.Configuration(command: [], modelFile: "/m.gguf") }
        await expectSettingError { _ = try LlamaServerBackend.Configuration(command: ["llama-server"], modelFile: "") }
    }

    @Test func `slots share a context that holds the window of each`() throws {
        let configuration = try LlamaServerBackend.Configuration(
            command: ["llama-server"],
            modelFile: "/m.gguf",
            arguments: ["-t", "2"],
            slots: 4,
            contextWindow: 2048
        )
        #expect(
            configuration.commandLine(socket: "/run/x.sock")
                == ["llama-server", "-t", "2", "--model", "/m.gguf", "--host", "/run/x.sock"]
                + ["--parallel", "4", "--ctx-size", "8192"]
        )
    }

    @Test func `what the operator says of slots and context stands`() throws {
        let configuration = try LlamaServerBackend.Configuration(
            command: ["llama-server"],
            modelFile: "/m.gguf",
            arguments: ["-np", "2", "--ctx-size", "512"],
            slots: 4,
            contextWindow: 2048
        )
        let line = configuration.commandLine(socket: "/run/x.sock")
        #expect(!line.contains("--parallel"))
        #expect(line.count { $0 == "--ctx-size" } == 1)
    }

    @Test func `the server's environment has no arguments by the back door and nothing of systemd's`() {
        let environment = LlamaServerArguments.environment(from: [
            "PATH": "/bin", "CUDA_VISIBLE_DEVICES": "0", "LLAMA_ARG_HOST": "0.0.0.0", "LLAMA_LOG_FILE": "/tmp/x",
            "LLAMA_API_KEY": "k", "NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "1", "LISTEN_FDS": "1",
            "CREDENTIALS_DIRECTORY": "/run/c",
        ])
        #expect(environment == ["PATH": "/bin", "CUDA_VISIBLE_DEVICES": "0"])
    }

    @Test(arguments: ["", "a/b", ".", "..", String(repeating: "n", count: 100)])
    func `a name that no socket can have is refused`(name: String) async {
        await expectSettingError { _ = try SocketDirectory(parent: "/run/decentral-worker", name: name) }
    }

    @Test func `the directory of the socket is the user's own, and an old socket is removed`() async throws {
        try await withTemporaryDirectory { parent in
            let directory = try SocketDirectory(parent: parent, name: "llama")
            try directory.prepare()
            try "stale".write(toFile: directory.socket, atomically: true, encoding: .utf8)
            try directory.prepare()
            #expect(!fileExists(directory.socket))
            #expect(permissions(directory.path) == 0o700)
            directory.remove()
            #expect(!fileExists(directory.path))
        }
    }

    @Test func `a link in place of the directory is refused`() async throws {
        try await withTemporaryDirectory { parent in
            let directory = try SocketDirectory(parent: parent, name: "llama")
            try link(directory.path, to: "/tmp")
            await expectError(.failed) { try directory.prepare() }
        }
    }
}
