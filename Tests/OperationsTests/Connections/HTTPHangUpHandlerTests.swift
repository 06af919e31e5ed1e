import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Operations
import ServiceLifecycle
import Testing

/// These run on real loopback sockets: whether a close is seen at all depends on what NIO and Hummingbird ask of the
/// kernel while a request is outstanding.
@Suite(.timeLimit(.minutes(1)))
struct HTTPHangUpHandlerTests {
    private struct Context: RequestContext {
        var coreContext: CoreRequestContextStorage
        let hangUp: HangUpSignal

        init(source: ApplicationRequestContextSource) {
            self.coreContext = CoreRequestContextStorage(source: source)
            self.hangUp = ConnectionInfo.current.hangUp
        }
    }

    /// What the server's routes report, as it happens.
    private enum Event: Equatable {
        case asked
        case hungUp
    }

    /// How a caller may leave.
    enum Departure: CaseIterable {
        /// An orderly end: FIN.
        case close
        /// As when a process dies with unread data, or a firewall cuts in: RST.
        case reset
        /// Only the sending side: FIN, while the caller would still read.
        case halfClose
    }

    @Test(arguments: Departure.allCases)
    func `a caller that leaves while nothing is written is noticed`(_ departure: Departure) async throws {
        try await self.withServer { port, events in
            var events = events.makeAsyncIterator()
            let caller = try LoopbackCaller(port: port)
            try caller.send("POST /wait HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}")
            #expect(await events.next() == .asked)
            switch departure {
            case .close: caller.close()
            case .reset: caller.reset()
            case .halfClose: caller.closeSending()
            }
            #expect(await events.next() == .hungUp)
        }
    }

    @Test func `a caller that leaves in the middle of a stream is noticed`() async throws {
        try await self.withServer { port, events in
            var events = events.makeAsyncIterator()
            let caller = try LoopbackCaller(port: port)
            try caller.send("GET /stream HTTP/1.1\r\nhost: x\r\n\r\n")
            #expect(await events.next() == .asked)
            try caller.receive(until: "first")
            caller.close()
            #expect(await events.next() == .hungUp)
        }
    }

    @Test func `a caller that sent more requests ahead and leaves is noticed`() async throws {
        try await self.withServer { port, events in
            var events = events.makeAsyncIterator()
            let caller = try LoopbackCaller(port: port)
            // More than the inbound stream buffers, so that back-pressure has stopped the reading.
            let request = "POST /wait HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}"
            try caller.send(String(repeating: request, count: 50))
            #expect(await events.next() == .asked)
            caller.close()
            #expect(await events.next() == .hungUp)
        }
    }

    @Test func `a connection that stays serves further requests`() async throws {
        try await self.withServer { port, _ in
            let caller = try LoopbackCaller(port: port)
            for _ in 0..<3 {
                try caller.send("GET /state HTTP/1.1\r\nhost: x\r\n\r\n")
                try caller.receive(until: "hung up: false")
            }
        }
    }

    private func withServer(
        _ body: @escaping @Sendable (Int, AsyncStream<Event>) async throws -> Void
    ) async throws {
        let (events, report) = AsyncStream.makeStream(of: Event.self)
        let (ports, portFound) = AsyncStream.makeStream(of: Int.self)
        let router = Router(context: Context.self)
        router.post("/wait") { request, context in
            _ = try await request.body.collect(upTo: 1_024)
            report.yield(.asked)
            try await context.hangUp.wait()
            report.yield(.hungUp)
            return "too late"
        }
        router.get("/stream") { _, context in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "first"))
                    report.yield(.asked)
                    try await context.hangUp.wait()
                    report.yield(.hungUp)
                }
            )
        }
        router.get("/state") { _, context in "hung up: \(context.hangUp.hasHungUp)" }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let application = Application(
            router: router,
            server: .observedHTTP1(),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                portFound.yield(channel.localAddress?.port ?? 0)
                portFound.finish()
            },
            logger: logger
        )
        let group = ServiceGroup(services: [application], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer {
                    portFound.finish()
                    report.finish()
                }
                try await group.run()
            }
            var portIterator = ports.makeAsyncIterator()
            let port = try #require(await portIterator.next())
            try await body(port, events)
            tasks.cancelAll()
            try? await tasks.waitForAll()
        }
    }
}
