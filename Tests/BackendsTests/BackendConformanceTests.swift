import InferenceAPI
import TestSupport
import Testing

@testable import Backends

/// Every adapter, over every way to its server, keeps the promises of ``InferenceBackend``.
@Suite struct BackendConformanceTests {
    private let short = GenerationRequest(body: Array("short".utf8))
    private let long = GenerationRequest(body: Array("long".utf8))

    /// Answers a long request with one piece of text and nothing after it.
    private static func server(closes: Bool) -> ScriptedBackendServer {
        ScriptedBackendServer { request in
            guard request.uri.hasSuffix("/chat/completions") else { return ScriptedBackendServer.generic(request) }
            if request.body == Array("long".utf8) {
                return [.eventStream, .bytes(CompletionScript.text("a")), .wait(Gate())]
            }
            return [.eventStream] + CompletionScript.stream(["Hello ", "you"]).map { .bytes($0) }
                + [closes ? .end : .endAndStay]
        }
    }

    @Test(arguments: [true, false])
    func `an OpenAI server over TCP`(closes: Bool) async throws {
        try await withBackend(Self.server(closes: closes)) { backend in
            try await BackendConformance(backend, request: short).keepsItsPromises(long: long)
            try await BackendConformance(backend, request: short).runEndsWhenCancelled()
        }
    }

    @Test(arguments: [true, false])
    func `an OpenAI server behind a Unix socket`(closes: Bool) async throws {
        try await withTemporaryDirectory { directory in
            try await withBackend(Self.server(closes: closes), socket: "\(directory)/http.sock") { backend in
                try await BackendConformance(backend, request: short).keepsItsPromises(long: long)
            }
        }
    }

    @Test(.enabled(if: RealLlama.isThere, "needs a virtual environment with xllamacpp"))
    func `a real llama-server that the worker started`() async throws {
        try await RealLlama.with(model: "tiny-random", slots: 4, contextWindow: 4096) { llama in
            await llama.waitUntilReady()
            try await BackendConformance(llama.backend, request: RealLlama.request("x", maxTokens: 20))
                .keepsItsPromises(long: RealLlama.request("x", maxTokens: 4000))
        }
    }

    @Test(.enabled(if: RealLlama.isThere, "needs a virtual environment with xllamacpp"))
    func `a real llama-server that somebody else started`() async throws {
        try await RealLlama.with(model: "tiny-random", slots: 4, contextWindow: 4096) { llama in
            await llama.waitUntilReady()
            try await withHTTP { http in
                let socket = "unix:\(llama.runtimeDirectory)/backend-llama/http.sock"
                let backend = OpenAIBackend.test(try OpenAIEndpoint(url: socket), http)
                try await BackendConformance(backend, request: RealLlama.request("x", maxTokens: 20))
                    .keepsItsPromises(long: RealLlama.request("x", maxTokens: 4000))
            }
        }
    }

    @Test func `the double that the tests of the worker use`() async throws {
        let backend = ScriptedBackend { request in
            request.body == Array("long".utf8)
                ? ([.deltas([ChoiceDelta(index: 0, content: "a")]), .wait(Gate())], nil)
                : (
                    [
                        .deltas([ChoiceDelta(index: 0, content: "Hello")]),
                        .deltas([ChoiceDelta(index: 0, finishReason: .stop)]),
                    ], nil
                )
        }
        let conformance = BackendConformance(backend, request: short)
        try await conformance.isHealthy()
        try await conformance.deliversOneAfterTheOther()
        try await conformance.servesSeveralAtOnce()
        try await BackendConformance(backend, request: long).endsWhenCancelledBeforeItBegins()
    }
}
