import Glibc
import InferenceAPI
import TestSupport
import Testing

@testable import Backends

/// A real llama.cpp under our supervision, with the tiny models that the repository carries.
///
/// Needs a Python virtual environment with `xllamacpp`: the one that `DECENTRAL_VENV` names, else `.venv` beside
/// `Package.swift`.
@Suite(.enabled(if: RealLlama.isThere, "needs a virtual environment with xllamacpp"), .serialized)
struct RealLlamaServerTests {
    @Test func `it starts, answers, counts and stops`() async throws {
        try await RealLlama.with(model: "tiny-chat") { llama in
            await llama.waitUntilReady()
            let conformance = BackendConformance(llama.backend, request: RealLlama.request("Hello"))
            try await conformance.isHealthy()
            let health = await llama.backend.probe()
            #expect(health.slots == 2)
            #expect(health.contextWindow(of: "any") == 512)

            let (collected, summary) = try await conformance.deliversWholeReply()
            #expect(collected.content() == "Hello! How can I help you?")
            #expect(summary.usage == TokenUsage(promptTokens: 10, completionTokens: 11, source: .backend))
            #expect(collected.deltas.last?.finishReason == .stop)
        }
    }

    @Test func `the socket is the user's alone`() async throws {
        try await RealLlama.with(model: "tiny-chat") { llama in
            await llama.waitUntilReady()
            #expect(permissions("\(llama.runtimeDirectory)/backend-llama") == 0o700)
        }
    }

    @Test func `a receiver that fails and a caller that leaves end the request and not the server`() async throws {
        try await RealLlama.with(model: "tiny-random", slots: 1, contextWindow: 4096) { llama in
            await llama.waitUntilReady()
            let long = BackendConformance(llama.backend, request: RealLlama.request("x", maxTokens: 4000))
            try await long.throwsOnWhatDeliverThrows()
            try await long.endsWhenCancelled()
            let next = BackendConformance(llama.backend, request: RealLlama.request("x", maxTokens: 50))
            let (collected, summary) = try await next.deliversWholeReply()
            #expect(summary.usage?.completionTokens == 50)
            #expect(collected.deltas.last?.finishReason == .length)
        }
    }

    @Test func `several choices are all delivered, and the counts of their tokens are added up`() async throws {
        try await RealLlama.with(model: "tiny-random") { llama in
            await llama.waitUntilReady()
            let request = RealLlama.request("x", maxTokens: 20, choices: 2)
            let (collected, summary) = try await BackendConformance(llama.backend, request: request)
                .deliversWholeReply()
            #expect(!collected.content(ofChoice: 0).isEmpty)
            #expect(!collected.content(ofChoice: 1).isEmpty)
            #expect(summary.usage?.source == .backend)
            #expect(summary.usage?.completionTokens == 40)
        }
    }

    @Test func `a prompt longer than the context is said to be`() async throws {
        try await RealLlama.with(model: "tiny-chat") { llama in
            await llama.waitUntilReady()
            let request = RealLlama.request(String(repeating: "Hello you there. ", count: 400))
            let error = await expectError(.contextLengthExceeded) {
                _ = try await llama.backend.generate(request) { _ in }
            }
            #expect(error?.message.contains("exceed_context_size_error") == true)
        }
    }

    @Test func `a server that is killed is started again and serves`() async throws {
        try await RealLlama.with(model: "tiny-chat") { llama in
            await llama.waitUntilReady()
            let servers = RealLlama.processes(using: llama.runtimeDirectory)
            #expect(servers.count == 1)
            for server in servers { kill(server, SIGKILL) }
            let ended = await llama.log.next("llama-server ended")
            #expect(ended?.metadata["backend.reason"]?.contains("killed by SIGKILL") == true)
            await llama.waitUntilReady()
            let ping = BackendConformance(llama.backend, request: RealLlama.request("ping"))
            let (collected, _) = try await ping.deliversWholeReply()
            #expect(collected.content() == "pong")
        }
    }

    @Test func `a model that is not there is the reason that is told`() async throws {
        try await RealLlama.with(model: "none") { llama in
            let ended = await llama.log.next("llama-server ended")
            let reason = try #require(ended?.metadata["backend.reason"])
            #expect(reason.hasPrefix("it ended with exit code 1; its last words: "))
            #expect(await llama.backend.probe().state == .starting)
        }
    }

    @Test func `neither prompt nor output is in anything that is logged`() async throws {
        try await RealLlama.with(model: "tiny-chat") { llama in
            await llama.waitUntilReady()
            let request = RealLlama.request("Reply with exactly: zebra")
            _ = try await BackendConformance(llama.backend, request: request).deliversWholeReply()
            let logged = llama.log.records.map { "\($0.message) \($0.metadata)" }.joined(separator: "\n")
            #expect(logged.contains("llama-server is ready"))
            #expect(!logged.contains("zebra"))
        }
    }

    @Test func `a server that nobody uses is unloaded, and the next job loads it again`() async throws {
        try await RealLlama.with(model: "tiny-chat", unloadAfter: .milliseconds(200)) { llama in
            await llama.waitUntilReady()
            _ = await llama.log.next("llama-server is unloaded")
            #expect(RealLlama.processes(using: llama.runtimeDirectory).isEmpty)
            #expect(await llama.backend.probe().state == .unloaded)
            let conformance = BackendConformance(llama.backend, request: RealLlama.request("ping"))
            async let first = conformance.deliversWholeReply()
            async let second = conformance.deliversWholeReply()
            for (collected, _) in try await [first, second] { #expect(collected.content() == "pong") }
            _ = await llama.log.next("llama-server is unloaded")
        }
    }

    @Test func `a server that is stopped in its tracks is started again after three jobs without output`() async throws
    {
        try await RealLlama.with(model: "tiny-chat") { llama in
            await llama.waitUntilReady()
            let servers = RealLlama.processes(using: llama.runtimeDirectory)
            for server in servers { kill(server, SIGSTOP) }
            var request = RealLlama.request("ping")
            request.timeouts.firstToken = .milliseconds(200)
            for _ in 0..<3 {
                await expectError(.timeout) { _ = try await llama.backend.generate(request) { _ in } }
            }
            let ended = await llama.log.next("llama-server ended")
            #expect(ended?.metadata["backend.reason"] == "3 requests in a row got no output in time")
            await llama.waitUntilReady()
            let ping = BackendConformance(llama.backend, request: RealLlama.request("ping"))
            let (collected, _) = try await ping.deliversWholeReply()
            #expect(collected.content() == "pong")
        }
    }
}
