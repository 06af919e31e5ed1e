import InferenceAPI
import Logging
import NIOHTTP1
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import Backends

/// Against a real HTTP server that answers as each test tells it to.
@Suite struct OpenAIBackendTests {
    private let request = GenerationRequest(
        body: Array(#"{"model":"m","messages":[]}"#.utf8),
        // A busy machine is no fault of a backend.
        timeouts: GenerationTimeouts(connect: .seconds(60))
    )

    // MARK: What is sent

    @Test func `the body goes to the chat completions path as it is`() async throws {
        let server = ScriptedBackendServer.streaming(CompletionScript.stream(["hi"]))
        try await withBackend(server, key: "sk-1") { backend in
            _ = try await backend.generate(request) { _ in }
            let seen = try #require(await server.nextRequest())
            #expect(seen.method == .POST)
            #expect(seen.uri == "/v1/chat/completions")
            #expect(seen.body == request.body)
            #expect(seen.headers["content-type"] == ["application/json"])
            #expect(seen.headers["accept"] == ["text/event-stream"])
            #expect(seen.headers["authorization"] == ["Bearer sk-1"])
        }
    }

    @Test func `a completion has a path of its own, and its text is content`() async throws {
        let chunks = [
            #"{"choices":[{"text":"hi","index":0,"logprobs":{"content":[{"token":"hi","logprob":-1}]}}]}"#,
            #"{"choices":[{"text":"","index":0,"finish_reason":"length"}]}"#, "[DONE]",
        ]
        let server = ScriptedBackendServer.streaming(chunks.map { Array("data: \($0)\n\n".utf8) })
        let request = GenerationRequest(body: Array("{}".utf8), route: .completions)
        try await withBackend(server) { backend in
            let collected = BackendConformance.Collected()
            _ = try await backend.generate(request) { collected.append($0) }
            #expect(collected.content() == "hi")
            #expect(collected.deltas.last?.finishReason == .length)
            let logprobs = try JSONValue(parsing: try #require(collected.deltas.first?.logprobs))
            #expect(logprobs["tokens"] == ["hi"])
            #expect(try #require(await server.nextRequest()).uri == "/v1/completions")
        }
    }

    @Test func `a server behind a Unix socket is reached`() async throws {
        try await withTemporaryDirectory { directory in
            let server = ScriptedBackendServer.streaming(CompletionScript.stream(["hi"]))
            try await withBackend(server, socket: "\(directory)/a b.sock") { backend in
                let (collected, _) = try await BackendConformance(backend, request: request).deliversWholeReply()
                #expect(collected.content() == "hi")
            }
        }
    }

    // MARK: What comes back

    @Test func `text, finish reason and usage arrive`() async throws {
        let server = ScriptedBackendServer.streaming(CompletionScript.stream(["Hel", "lo ", "🌍"]))
        try await withBackend(server) { backend in
            let (collected, summary) = try await BackendConformance(backend, request: request).deliversWholeReply()
            #expect(collected.content() == "Hello 🌍")
            #expect(summary.usage == TokenUsage(promptTokens: 3, completionTokens: 3, source: .backend))
        }
    }

    @Test func `a stream cut at every byte is the same stream`() async throws {
        let bytes = Array(CompletionScript.stream(["Hé", "🌍"]).joined()).map { [$0] }
        try await withBackend(.streaming(bytes)) { backend in
            let (collected, summary) = try await BackendConformance(backend, request: request).deliversWholeReply()
            #expect(collected.content() == "Hé🌍")
            #expect(summary.usage?.completionTokens == 2)
        }
    }

    @Test func `what arrives together is delivered together`() async throws {
        let pieces = (0..<40).map { "\($0) " }
        // One write holds the whole stream, so one read brings it; the deltas must not come one by one.
        try await withBackend(.streaming([Array(CompletionScript.stream(pieces).joined())])) { backend in
            let (collected, _) = try await BackendConformance(backend, request: request).deliversWholeReply()
            #expect(collected.content() == pieces.joined())
            #expect(collected.deliveries.count == 1)
        }
    }

    @Test func `deltas are delivered while the stream goes on`() async throws {
        let rest = Gate()
        let server = ScriptedBackendServer { _ in
            [.eventStream, .bytes(CompletionScript.text("a")), .wait(rest)]
                + CompletionScript.stream(["b"]).map { .bytes($0) } + [.end]
        }
        try await withBackend(server) { backend in
            let collected = BackendConformance.Collected()
            _ = try await backend.generate(request) { deltas in
                collected.append(deltas)
                // The server sends nothing more before the first delta was delivered.
                rest.open()
            }
            #expect(collected.content() == "ab")
        }
    }

    @Test func `a slow receiver slows the backend down and loses nothing`() async throws {
        let piece = String(repeating: "x", count: 4096)
        let count = 600
        let server = ScriptedBackendServer.streaming(CompletionScript.stream(Array(repeating: piece, count: count)))
        try await withBackend(server) { backend in
            let collected = BackendConformance.Collected()
            let firstDelivery = Gate()
            let task = Task {
                try await backend.generate(request) { deltas in
                    collected.append(deltas)
                    try await firstDelivery.waitUntilOpen()
                }
            }
            _ = await server.nextRequest()
            firstDelivery.open()
            let summary = try await task.value
            #expect(summary.textDeltaCount == count)
            #expect(collected.content().utf8.count == count * 4096)
        }
    }

    @Test func `comments and a stream without usage are fine`() async throws {
        let pieces =
            [CompletionScript.comment, CompletionScript.text("a"), CompletionScript.comment]
            + [CompletionScript.finish(), CompletionScript.done]
        try await withBackend(.streaming(pieces)) { backend in
            let (collected, summary) = try await BackendConformance(backend, request: request).deliversWholeReply()
            #expect(collected.content() == "a")
            #expect(summary.usage == nil)
        }
    }

    @Test func `a whole output without the end mark is accepted`() async throws {
        let pieces = [CompletionScript.text("a"), CompletionScript.finish("length")]
        try await withBackend(.streaming(pieces)) { backend in
            let (collected, _) = try await BackendConformance(backend, request: request).deliversWholeReply()
            #expect(collected.deltas.last?.finishReason == .length)
        }
    }

    @Test func `a connection that breaks after the whole output loses nothing`() async throws {
        let server = ScriptedBackendServer { _ in
            [.eventStream, .bytes(CompletionScript.text("a")), .bytes(CompletionScript.finish()), .breakOff]
        }
        try await withBackend(server) { backend in
            let (collected, _) = try await BackendConformance(backend, request: request).deliversWholeReply()
            #expect(collected.content() == "a")
        }
    }

    @Test func `a whole output whose end mark never comes is kept at the timeout`() async throws {
        let clock = ManualClock()
        let server = ScriptedBackendServer { _ in
            [.eventStream, .bytes(CompletionScript.text("a")), .bytes(CompletionScript.finish()), .wait(Gate())]
        }
        try await withBackend(server, clock: clock) { backend in
            let collected = BackendConformance.Collected()
            let finished = Gate()
            let task = Task {
                try await backend.generate(request) { deltas in
                    collected.append(deltas)
                    if deltas.last?.finishReason != nil { finished.open() }
                }
            }
            try await finished.waitUntilOpen()
            clock.advance(by: .seconds(120))
            #expect(try await task.value == GenerationSummary(usage: nil, textDeltaCount: 1))
            #expect(collected.content() == "a")
        }
    }

    @Test func `a tool call without an id has one in its first delta`() async throws {
        let pieces = [
            CompletionScript.toolCall(name: "weather", arguments: "{\"city\":"),
            CompletionScript.toolCall(arguments: "\"Bonn\"}"),
            CompletionScript.finish("tool_calls"), CompletionScript.done,
        ]
        try await withBackend(.streaming(pieces)) { backend in
            let (collected, _) = try await BackendConformance(backend, request: request).deliversWholeReply()
            let calls = collected.deltas.flatMap(\.toolCalls)
            #expect(calls.map(\.id) == ["call_made", ""])
            #expect(calls.map(\.arguments).joined() == #"{"city":"Bonn"}"#)
        }
    }

    @Test func `the usage of llama.cpp is not believed for several choices`() async throws {
        let pieces =
            (0..<2).map { CompletionScript.text("a", choice: $0) }
            + (0..<2).map { CompletionScript.finish(choice: $0) }
            + [CompletionScript.usage(prompt: 7, completion: 50), CompletionScript.done]
        let server = ScriptedBackendServer { _ in
            [.head(.ok, ["content-type": "text/event-stream", "server": "llama.cpp"])] + pieces.map { .bytes($0) }
                + [.end]
        }
        try await withBackend(server) { backend in
            let request = GenerationRequest(body: request.body, choiceCount: 2)
            let (_, summary) = try await BackendConformance(backend, request: request).deliversWholeReply()
            #expect(summary.usage == TokenUsage(promptTokens: 7, completionTokens: 2, source: .estimated))
        }
    }

    // MARK: What goes wrong

    @Test func `nothing that listens is a backend that is unavailable`() async throws {
        try await withHTTP { http in
            let backend = OpenAIBackend.test(try OpenAIEndpoint(url: "http://127.0.0.1:1/v1"), http)
            await expectError(.unavailable) { _ = try await backend.generate(request) { _ in } }
            let onSocket = OpenAIBackend.test(try OpenAIEndpoint(url: "unix:/nonexistent.sock"), http)
            await expectError(.unavailable) { _ = try await onSocket.generate(request) { _ in } }
            #expect(await onSocket.probe().state == .unhealthy)
        }
    }

    @Test(arguments: [
        (
            400, #"{"error":{"code":400,"message":"SECRET","type":"exceed_context_size_error"}}"#,
            BackendError.Code.contextLengthExceeded
        ),
        (400, #"{"error":{"message":"SECRET"}}"#, .invalidRequest),
        (401, "SECRET", .failed),
        (500, "<html>SECRET", .failed),
        (503, #"{"error":{"message":"Loading model SECRET"}}"#, .unavailable),
    ])
    func `an error status is an error without the backend's words`(
        status: Int,
        body: String,
        code: BackendError.Code
    ) async throws {
        let server = ScriptedBackendServer { _ in .json(HTTPResponseStatus(statusCode: status), body) }
        try await withBackend(server) { backend in
            let error = await expectError(code) { _ = try await backend.generate(request) { _ in } }
            #expect(error.map { String(reflecting: $0).contains("SECRET") } == false)
        }
    }

    @Test func `a stream that closes early gives what it had and is unavailable`() async throws {
        for end in [ScriptedBackendServer.Step.end, .breakOff] {
            let server = ScriptedBackendServer { _ in [.eventStream, .bytes(CompletionScript.text("half")), end] }
            try await withBackend(server) { backend in
                let collected = BackendConformance.Collected()
                await expectError(.unavailable) {
                    _ = try await backend.generate(request) { collected.append($0) }
                }
                #expect(collected.content() == "half")
            }
        }
    }

    @Test func `a stream that ends without its finish reason breaks the protocol`() async throws {
        try await withBackend(.streaming([CompletionScript.text("a"), CompletionScript.done])) { backend in
            await expectError(.protocolViolation) { _ = try await backend.generate(request) { _ in } }
        }
    }

    @Test(arguments: ["data: {\"choices\":\"SECRET\"}\n\n", "data: SECRET\n\n"])
    func `what is no chunk breaks the protocol and is not quoted`(garbage: String) async throws {
        try await withBackend(.streaming([Array(garbage.utf8)])) { backend in
            let error = await expectError(.protocolViolation) { _ = try await backend.generate(request) { _ in } }
            #expect(error?.description.contains("SECRET") == false)
        }
    }

    @Test func `an error inside the stream ends it`() async throws {
        let pieces = [CompletionScript.text("a"), CompletionScript.error(status: 500, message: "SECRET")]
        try await withBackend(.streaming(pieces)) { backend in
            let error = await expectError(.failed) { _ = try await backend.generate(request) { _ in } }
            #expect(error.map { String(reflecting: $0).contains("SECRET") } == false)
        }
    }

    @Test func `an error of the receiver closes the connection`() async throws {
        let server = ScriptedBackendServer { _ in [.eventStream, .bytes(CompletionScript.text("a")), .wait(Gate())] }
        try await withBackend(server) { backend in
            try await BackendConformance(backend, request: request).throwsOnWhatDeliverThrows()
            #expect(await server.nextClosedConnection())
        }
    }

    @Test func `cancelling closes the connection`() async throws {
        let server = ScriptedBackendServer { _ in [.eventStream, .bytes(CompletionScript.text("a")), .wait(Gate())] }
        try await withBackend(server) { backend in
            try await BackendConformance(backend, request: request).endsWhenCancelled()
            #expect(await server.nextClosedConnection())
        }
    }

    @Test func `cancelling before any answer closes the connection`() async throws {
        let server = ScriptedBackendServer { _ in [.wait(Gate())] }
        try await withBackend(server) { backend in
            let task = Task { try await backend.generate(request) { _ in } }
            _ = await server.nextRequest()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(await server.nextClosedConnection())
        }
    }

    // MARK: Timeouts, on a clock that the test moves

    @Test func `a backend that sends nothing runs into the time for the first token`() async throws {
        let server = ScriptedBackendServer { _ in [.eventStream, .bytes(CompletionScript.role()), .wait(Gate())] }
        try await expectTimeout(server, "no output within 90.0 seconds", after: .seconds(90)) { $0 == .seconds(90) }
    }

    @Test func `a backend that stops runs into the time between tokens, whatever comments it sends`() async throws {
        let server = ScriptedBackendServer { _ in
            [.eventStream, .bytes(CompletionScript.text("a")), .bytes(CompletionScript.comment), .wait(Gate())]
        }
        try await expectTimeout(server, "stopped sending output", after: .seconds(30)) { $0 == .seconds(30) }
    }

    @Test func `a backend that sends byte after byte and no token runs into the time for the first one`() async throws {
        let head = Array(#"data: {"id":"chatcmpl-1","object":"chat.completion.ch"#.utf8)
        let server = ScriptedBackendServer { _ in [.eventStream] + head.map { .bytes([$0]) } + [.wait(Gate())] }
        try await expectTimeout(server, "no output within 90.0 seconds", after: .seconds(90)) { $0 == .seconds(90) }
    }

    @Test func `a backend that takes the connection and never answers runs into the time for the first token`()
        async throws
    {
        let server = ScriptedBackendServer { _ in [.wait(Gate())] }
        try await expectTimeout(server, "no output within 90.0 seconds", after: .seconds(90)) { $0 == .seconds(90) }
    }

    @Test func `a backend that goes on and on runs into the total`() async throws {
        let clock = ManualClock()
        let server = ScriptedBackendServer { _ in
            [.eventStream] + (0..<200).map { .bytes(CompletionScript.text("\($0)")) } + [.wait(Gate())]
        }
        try await withBackend(server, clock: clock) { backend in
            var request = request
            request.timeouts.total = .seconds(25)
            let task = Task { [request] in try await backend.generate(request) { _ in } }
            while let sleep = await clock.nextSleep(), sleep != .seconds(30) {}
            clock.advance(by: .seconds(25))
            let error = await expectError(.timeout) { _ = try await task.value }
            #expect(error?.message == "the backend was not done within 25.0 seconds")
            #expect(await server.nextClosedConnection())
        }
    }

    @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "\0\0\u{4}\0\0\0\0\0\0"])
    func `a server that does not speak HTTP breaks the protocol`(greeting: String) async throws {
        let server = ScriptedBackendServer { _ in [.rawBytes(Array(greeting.utf8)), .wait(Gate())] }
        try await withBackend(server) { backend in
            await expectError(.protocolViolation) { _ = try await backend.generate(request) { _ in } }
        }
    }

    private func expectTimeout(
        _ server: ScriptedBackendServer,
        _ message: String,
        after duration: Duration,
        whenAsleepFor isTheSleep: (Duration) -> Bool
    ) async throws {
        let clock = ManualClock()
        try await withBackend(server, clock: clock) { backend in
            let task = Task { try await backend.generate(request) { _ in } }
            while let sleep = await clock.nextSleep(), !isTheSleep(sleep) {}
            clock.advance(by: duration)
            let error = await expectError(.timeout) { _ = try await task.value }
            #expect(error?.message.contains(message) == true, "\(String(describing: error))")
            #expect(await server.nextClosedConnection())
        }
    }

    @Test func `a backend that hangs three times is unhealthy until it gives a token`() async throws {
        let clock = ManualClock()
        let isAwake = Mutex(false)
        let server = ScriptedBackendServer { request in
            guard request.uri.hasSuffix("/chat/completions") else { return ScriptedBackendServer.generic(request) }
            return isAwake.withLock { $0 }
                ? [.eventStream] + CompletionScript.stream(["Hi"]).map { .bytes($0) } + [.end]
                : [.eventStream, .bytes(CompletionScript.comment), .wait(Gate())]
        }
        try await withBackend(server, clock: clock) { backend in
            for _ in 0..<3 {
                #expect(await backend.probe().state == .healthy)
                let task = Task { try await backend.generate(request) { _ in } }
                while let sleep = await clock.nextSleep(), sleep != .seconds(90) {}
                clock.advance(by: .seconds(90))
                await expectError(.timeout) { _ = try await task.value }
            }
            let probe = Task { await backend.probe() }
            // The trial: three watches of ten seconds, for the connection, the token and all of it.
            for _ in 0..<3 { while let sleep = await clock.nextSleep(), sleep != .seconds(10) {} }
            clock.advance(by: .seconds(10))
            let health = await probe.value
            #expect(health.state == .unhealthy)
            #expect(health.reason.contains("answers, but hangs: "), "\(health.reason)")

            isAwake.withLock { $0 = true }
            #expect(await backend.probe().state == .healthy)
        }
    }

    // MARK: Probes

    @Test func `a server with models is healthy`() async throws {
        try await withBackend(.streaming([])) { backend in
            let health = await backend.probe()
            #expect(health == BackendHealth(state: .healthy, models: [.init(id: "test")]))
        }
    }

    @Test func `vLLM says the context of each model`() async throws {
        let server = ScriptedBackendServer { request in
            request.uri == "/health"
                ? .json(.ok, "")
                : .json(.ok, #"{"data":[{"id":"a","max_model_len":4096},{"id":"b","max_model_len":8192}]}"#)
        }
        try await withBackend(server) { backend in
            let health = await backend.probe()
            #expect(health.contextWindow(of: "a") == 4096)
            #expect(health.contextWindow(of: "b") == 8192)
            #expect(health.contextWindow(of: "c") == nil)
        }
    }

    @Test func `llama.cpp says its slots and the context of one`() async throws {
        let server = ScriptedBackendServer { request in
            let body =
                switch request.uri {
                case "/health": #"{"status":"ok"}"#
                case "/props": #"{"total_slots":4,"default_generation_settings":{"n_ctx":512}}"#
                default: #"{"data":[{"id":"m","owned_by":"llamacpp"}]}"#
                }
            return .json(.ok, body, headers: ["server": "llama.cpp"])
        }
        try await withBackend(server) { backend in
            let health = await backend.probe()
            #expect(health.state == .healthy)
            #expect(health.slots == 4)
            #expect(health.contextWindow(of: "anything") == 512)
        }
    }

    @Test(arguments: [
        (
            uri: "/health", status: 503, body: #"{"error":{"message":"Loading model"}}"#,
            state: BackendHealth.State.starting
        ),
        (uri: "/v1/models", status: 401, body: "", state: .unhealthy),
        (uri: "/v1/models", status: 503, body: "", state: .starting),
        (uri: "/v1/models", status: 200, body: "<html>", state: .unhealthy),
    ])
    func `a server that is not ready says why`(
        uri: String,
        status: Int,
        body: String,
        state: BackendHealth.State
    ) async throws {
        let server = ScriptedBackendServer { request in
            request.uri == uri
                ? .json(HTTPResponseStatus(statusCode: status), body) : ScriptedBackendServer.generic(request)
        }
        try await withBackend(server) { backend in
            let health = await backend.probe()
            #expect(health.state == state)
            #expect(!health.reason.isEmpty)
        }
    }

    @Test func `run ends when it is cancelled`() async throws {
        try await withBackend(.streaming([])) { backend in
            try await BackendConformance(backend, request: request).runEndsWhenCancelled()
        }
    }
}
