import AsyncHTTPClient
import InferenceAPI
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import Backends

/// When connections are used again, and what happens to a reply whose connection closes around it.
@Suite struct BackendConnectionTests {
    private let request = GenerationRequest(body: Array(#"{"model":"m","messages":[]}"#.utf8))
    private let stream = Array(CompletionScript.stream(["Hello ", "you"]).joined())

    /// A client with one event loop, on which a connection that is free is the one that is taken.
    private func withOneLoop(
        _ server: ScriptedBackendServer,
        _ body: (OpenAIBackend) async throws -> Void
    ) async throws {
        // A clock that stands still: on a busy machine a closed connection may show late.
        let clock = ManualClock()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let http = BackendHTTP.makeClient(eventLoopGroup: group)
        let outcome: Result<Void, any Error>
        do {
            try await server.withServer { url in try await body(.test(try OpenAIEndpoint(url: url), http, clock: clock))
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        try await http.shutdown()
        try await group.shutdownGracefully()
        try outcome.get()
    }

    private func expectWholeReply(_ backend: OpenAIBackend) async throws {
        let (collected, summary) = try await BackendConformance(backend, request: request).deliversWholeReply()
        #expect(collected.content() == "Hello you")
        #expect(summary.usage?.completionTokens == 2)
    }

    private func isOpening(_ event: ScriptedBackendServer.Event) -> Bool {
        if case .connectionOpened = event { true } else { false }
    }

    @Test func `a connection whose reply ended well is used again`() async throws {
        let server = ScriptedBackendServer { [stream] _ in [.eventStream, .bytes(stream), .endAndStay] }
        try await withOneLoop(server) { backend in
            for _ in 0..<50 { try await expectWholeReply(backend) }
        }
        var opened = 0
        for await event in server.events where isOpening(event) { opened += 1 }
        // A reply is over with its end mark, so a request may come before the end of the one before.
        #expect(opened < 10)
    }

    @Test func `a connection that the server closes after its reply costs no job`() async throws {
        let server = ScriptedBackendServer { [stream] _ in [.eventStream, .bytes(stream), .end] }
        try await withOneLoop(server) { backend in
            for _ in 0..<200 { try await expectWholeReply(backend) }
        }
    }

    @Test func `a reply that comes and closes at once is whole, however many there are`() async throws {
        let server = ScriptedBackendServer { [stream] _ in [.eventStream, .bytes(stream), .end] }
        try await withBackend(server, clock: ManualClock()) { backend in
            let lost = await withTaskGroup(of: [String].self) { [request] jobs in
                for _ in 0..<64 {
                    jobs.addTask { await self.failures(of: request, at: backend, times: 50) }
                }
                return await jobs.reduce(into: []) { $0 += $1 }
            }
            #expect(lost.count == 0, "\(lost.count) lost, such as \(lost.first ?? "")")
        }
    }

    private func failures(of request: GenerationRequest, at backend: OpenAIBackend, times: Int) async -> [String] {
        var failures: [String] = []
        for _ in 0..<times {
            do {
                let summary = try await backend.generate(request) { _ in }
                if summary.textDeltaCount != 2 { failures.append("\(summary.textDeltaCount) deltas") }
            } catch {
                failures.append(String(reflecting: error))
            }
        }
        return failures
    }

    @Test func `a reply that only ends with its connection is whole`() async throws {
        let server = ScriptedBackendServer { [stream] _ in
            [.oldHead(.ok, ["content-type": "text/event-stream"]), .bytes(stream), .end]
        }
        try await withOneLoop(server) { backend in
            for _ in 0..<50 { try await expectWholeReply(backend) }
        }
    }

    @Test func `a server that closes before its reply is asked once more`() async throws {
        let count = Mutex(0)
        let server = ScriptedBackendServer { [stream] _ in
            let isFirst = count.withLock { count in
                count += 1
                return count == 1
            }
            return isFirst ? [.breakOff] : [.eventStream, .bytes(stream), .end]
        }
        try await withOneLoop(server) { backend in try await expectWholeReply(backend) }
        #expect(count.withLock { $0 } == 2)
    }

    @Test func `a server that always closes before its reply is asked twice and no more`() async throws {
        let count = Mutex(0)
        let server = ScriptedBackendServer { _ in
            count.withLock { $0 += 1 }
            return [.breakOff]
        }
        try await withOneLoop(server) { backend in
            await expectError(.unavailable) { _ = try await backend.generate(request) { _ in } }
        }
        #expect(count.withLock { $0 } == 2)
    }

    @Test func `a server that worked for a while and closes is not asked again`() async throws {
        let clock = ManualClock()
        let close = Gate()
        let count = Mutex(0)
        let server = ScriptedBackendServer { _ in
            count.withLock { $0 += 1 }
            return [.wait(close), .breakOff]
        }
        try await withBackend(server, clock: clock) { backend in
            let task = Task { try await backend.generate(request) { _ in } }
            _ = await server.nextRequest()
            clock.advance(by: .seconds(2))
            close.open()
            await expectError(.unavailable) { _ = try await task.value }
        }
        #expect(count.withLock { $0 } == 1)
    }

    @Test func `bytes after the end of a reply harm no job`() async throws {
        let server = ScriptedBackendServer { [stream] _ in
            [.eventStream, .bytes(stream), .endAndStay, .rawBytes(Array("HTTP/1.1 500 no\r\n\r\n".utf8))]
        }
        try await withOneLoop(server) { backend in
            for _ in 0..<5 {
                try await expectWholeReply(backend)
                // The client closes it as soon as it has seen them.
                #expect(await server.nextClosedConnection())
            }
        }
    }

    @Test func `a reply whose end does not follow its end mark is over, and its connection is closed`() async throws {
        let server = ScriptedBackendServer { [stream] _ in [.eventStream, .bytes(stream), .wait(Gate())] }
        try await withOneLoop(server) { backend in
            try await expectWholeReply(backend)
            #expect(await server.nextClosedConnection())
        }
    }
}
