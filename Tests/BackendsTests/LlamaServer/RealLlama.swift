import FoundationEssentials
import Glibc
import InferenceAPI
import StrictJSON
import TestSupport
import Testing

@testable import Backends

/// A supervised llama.cpp with one of the repository's models.
struct RealLlama: Sendable {
    let backend: LlamaServerBackend
    let log: LogRecorder
    let runtimeDirectory: String

    private static let packageRoot = String(#filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" })

    /// The interpreter of the virtual environment that has `xllamacpp`.
    private static let python: String = {
        let environment = ProcessInfo.processInfo.environment["DECENTRAL_VENV"] ?? ".venv"
        let path = environment.hasPrefix("/") ? environment : "\(packageRoot)/\(environment)"
        return "\(path)/bin/python3"
    }()

    static let isThere = FileManager.default.isExecutableFile(atPath: python)

    /// Runs `body` with a backend, whose server is stopped afterwards.
    static func with(
        model: String,
        slots: Int = 2,
        contextWindow: Int = 512,
        unloadAfter: Duration? = nil,
        _ body: (RealLlama) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            try await withHTTP { http in
                let log = LogRecorder()
                var configuration = try LlamaServerBackend.Configuration(
                    command: [python, "\(packageRoot)/scripts/llama_server.py"],
                    modelFile: "\(packageRoot)/models/\(model).gguf",
                    slots: slots,
                    contextWindow: contextWindow
                )
                configuration.restart.unloadAfter = unloadAfter
                let backend = try LlamaServerBackend(
                    name: "llama",
                    configuration: configuration,
                    runtimeDirectory: directory,
                    environment: ProcessInfo.processInfo.environment,
                    http: http,
                    logger: log.logger
                )
                let run = Task { try await backend.run() }
                let outcome: Result<Void, any Error>
                do {
                    outcome = .success(
                        try await body(RealLlama(backend: backend, log: log, runtimeDirectory: directory))
                    )
                } catch {
                    outcome = .failure(error)
                }
                run.cancel()
                try await run.value
                #expect(processes(using: directory).isEmpty, "a server was left behind")
                try outcome.get()
            }
        }
    }

    func waitUntilReady() async {
        _ = await log.next("llama-server is ready")
    }

    /// The processes whose command line names a path below `directory`: the servers that listen there.
    static func processes(using directory: String) -> [pid_t] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return numbers.compactMap { pid_t($0) }.filter { pid in
            let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
            return String(decoding: line, as: UTF8.self).contains("\(directory)/")
        }
    }

    /// A chat completion as the worker sends it.
    static func request(_ text: String, maxTokens: Int = 64, choices: Int = 1) -> GenerationRequest {
        let body: JSONValue = [
            "model": "test", "messages": [["role": "user", "content": .string(text)]], "temperature": 0,
            "max_tokens": .integer(maxTokens), "n": .integer(choices), "stream": true,
            "stream_options": ["include_usage": true],
        ]
        return GenerationRequest(body: body.encoded(), choiceCount: choices)
    }
}
