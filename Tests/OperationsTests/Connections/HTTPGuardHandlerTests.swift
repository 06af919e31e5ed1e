import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Operations

/// On an embedded channel, whose clock the test moves.
struct HTTPGuardHandlerTests {
    /// One connection with the pipeline of a server, and its caller's view of it.
    private struct Connection {
        let channel = EmbeddedChannel()

        init(_ shared: HTTPGuard) throws {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(StalledWriteHandler(bounds: shared.bounds))
            try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(HTTPGuardHandler(shared), position: .after(decoder))
            channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 1), promise: nil)
        }

        func send(_ text: String) throws {
            try channel.writeInbound(ByteBuffer(string: text))
        }

        /// Answers the first request.
        func answer(_ head: HTTPResponseHead, body: String = "") throws {
            try channel.writeOutbound(HTTPServerResponsePart.head(head))
            try channel.writeOutbound(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: body))))
            try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        }

        func received() throws -> String {
            var text = ""
            while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
            return text
        }

        func advance(_ time: TimeAmount) {
            channel.embeddedEventLoop.advanceTime(by: time)
        }
    }

    private func makeGuard(_ change: (inout HTTPBounds) -> Void = { _ in }) -> HTTPGuard {
        var bounds = HTTPBounds()
        change(&bounds)
        return HTTPGuard(bounds: bounds) { refusal, _ in
            (HTTPResponseHead(version: .http1_1, status: .badRequest), ByteBuffer(string: "\(refusal)"))
        }
    }

    private let ok = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "2"])

    @Test func `half a head is told after its time, and that is the end`() throws {
        let connection = try Connection(makeGuard())
        try connection.send("GET / HTTP/1.1\r\nHost: a\r\n")
        connection.advance(.seconds(19))
        #expect(try connection.received().isEmpty)
        connection.advance(.seconds(1))
        let answer = try connection.received()
        #expect(answer.hasSuffix("headersTooSlow"))
        #expect(answer.contains("connection: close\r\n"))
        #expect(!connection.channel.isActive)
    }

    @Test func `a connection that stands idle ends without a word`() throws {
        let connection = try Connection(makeGuard())
        try connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.advance(.seconds(300))
        try connection.answer(ok, body: "hi")
        #expect(try connection.received().hasSuffix("\r\n\r\nhi"))
        connection.advance(.seconds(119))
        #expect(connection.channel.isActive)
        connection.advance(.seconds(1))
        #expect(!connection.channel.isActive)
        #expect(try connection.received().isEmpty)
    }

    @Test func `a body has its time from the end of the headers`() throws {
        let connection = try Connection(makeGuard())
        connection.advance(.seconds(15))
        try connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na")
        connection.advance(.seconds(9))
        #expect(try connection.received().isEmpty)
        connection.advance(.seconds(1))
        #expect(throws: HTTPRefusal.bodyTooSlow) { try connection.channel.throwIfErrorCaught() }
        #expect(try connection.received().hasSuffix("bodyTooSlow"))
    }

    @Test func `bodies in progress share a budget, and give it back with their answers`() throws {
        let shared = makeGuard { $0.bodyBytes = 10 }
        let request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n123456"
        let first = try Connection(shared)
        try first.send(request)
        #expect(shared.bodies.bytesInUse == 6)

        let second = try Connection(shared)
        #expect(throws: HTTPRefusal.bodiesTooLarge) { try second.send(request) }
        #expect(try second.received().hasSuffix("bodiesTooLarge"))

        try first.answer(ok, body: "hi")
        #expect(shared.bodies.bytesInUse == 0)
        let third = try Connection(shared)
        try third.send(request)
        #expect(shared.bodies.bytesInUse == 6)
        third.channel.close(promise: nil)
        #expect(shared.bodies.bytesInUse == 0)
    }

    @Test func `a new connection takes the place of one that waits, and none of one at work`() throws {
        let shared = makeGuard { $0.connections = 1 }
        let first = try Connection(shared)
        let second = try Connection(shared)
        #expect(!first.channel.isActive)
        try second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let third = try Connection(shared)
        #expect(second.channel.isActive)
        #expect(try third.received().hasSuffix("tooManyConnections"))
        try second.answer(ok, body: "hi")
        let fourth = try Connection(shared)
        #expect(fourth.channel.isActive)
        #expect(!second.channel.isActive)
    }

    @Test func `nonsense sent ahead is told after the answer that comes first`() throws {
        let connection = try Connection(makeGuard())
        try connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try connection.send("nonsense\r\n\r\n")
        #expect(try connection.received().isEmpty)
        try connection.answer(ok, body: "hi")
        let answers = try connection.received()
        #expect(answers.contains("\r\n\r\nhiHTTP/1.1 400"))
        #expect(answers.hasSuffix("malformed"))
    }

    @Test func `an answer in HTTP 1.0 has no chunks`() throws {
        let connection = try Connection(makeGuard())
        try connection.send("GET / HTTP/1.0\r\n\r\n")
        try connection.answer(HTTPResponseHead(version: .http1_1, status: .ok), body: "hi")
        #expect(try connection.received() == "HTTP/1.0 200 OK\r\nconnection: close\r\n\r\nhi")
    }

    @Test func `who waits to send its body is told to once it is wanted`() throws {
        let connection = try Connection(makeGuard())
        try connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(try connection.received().isEmpty)
        connection.channel.triggerUserOutboundEvent(HTTPGuardHandler.BodyWanted(), promise: nil)
        #expect(try connection.received() == "HTTP/1.1 100 Continue\r\n\r\n")
        try connection.send("ab")
        try connection.answer(ok, body: "hi")
        #expect(try !connection.received().contains("connection: close"))
    }
}
