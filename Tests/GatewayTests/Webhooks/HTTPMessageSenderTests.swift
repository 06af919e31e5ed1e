import GatewayStore
import NIOHTTP1
import Operations
import Synchronization
import TestSupport
import Testing
import Webhooks

@testable import Gateway

/// Messages to a real receiver on this machine.
struct HTTPMessageSenderTests {
    private static let wallClock = ManualWallClock(milliseconds: 1_614_265_330_123)

    private func sender(
        allowsInside: Bool = true,
        resolver: @escaping HTTPMessageSender.Resolver = { _ in throw HostResolver.Failure() },
        timer: any Clock<Duration> = ManualClock()
    ) throws -> HTTPMessageSender {
        try HTTPMessageSender(
            allowsInside: allowsInside,
            resolver: resolver,
            wallClock: Self.wallClock.clock,
            timer: timer
        )
    }

    private func outcome(of steps: [ScriptedBackendServer.Step]) async throws -> SendOutcome {
        try await ScriptedBackendServer { _ in steps }.withServer { url in
            await (try sender()).send(try .test(url: url))
        }
    }

    private func answer(_ status: HTTPResponseStatus, _ headers: HTTPHeaders = [:]) -> [ScriptedBackendServer.Step] {
        [.head(status, headers), .end]
    }

    @Test func `a message is posted with its headers, signed`() async throws {
        let secret = WebhookSecret.make()
        let server = ScriptedBackendServer { [steps = answer(.noContent)] _ in steps }
        try await server.withServer { url in
            let message = try DueMessage.test(url: "\(url)/hook?a=b%20c", secret: secret)
            #expect(await (try sender()).send(message) == .answered(204))
            let request = try #require(await server.nextRequest())
            #expect(request.method == .POST && request.uri == "/v1/hook?a=b%20c")
            #expect(request.body == message.body)
            let headers = request.headers
            #expect(headers["content-type"] == ["application/json"])
            #expect(headers["user-agent"] == ["decentral-gateway/\(GatewayDaemon.version)"])
            #expect(headers["host"] == [String(url.dropFirst(7).prefix { $0 != "/" })])
            #expect(headers["webhook-id"] == ["msg_1"])
            #expect(headers["webhook-timestamp"] == ["1614265330"])
            let signature = secret.signature(id: "msg_1", timestamp: 1_614_265_330, body: message.body)
            #expect(headers["webhook-signature"] == [signature])
        }
    }

    @Test(arguments: [200, 201, 204, 299])
    func `any 2xx takes the message`(status: Int) async throws {
        let outcome = try await outcome(of: answer(.init(statusCode: status)))
        #expect(outcome == SendOutcome(responseStatus: status))
    }

    @Test(arguments: [400, 404, 410, 500, 503])
    func `another status does not`(status: Int) async throws {
        let outcome = try await outcome(of: answer(.init(statusCode: status)))
        #expect(outcome == SendOutcome(responseStatus: status, error: "the receiver answered \(status)"))
    }

    @Test func `a redirect is not followed`() async throws {
        let server = ScriptedBackendServer { [steps = answer(.found, ["location": "/elsewhere"])] _ in steps }
        let outcome = try await server.withServer { url in await (try sender()).send(try .test(url: url)) }
        #expect(outcome.responseStatus == 302)
        #expect(outcome.error == "the receiver answered 302; redirects are not followed")
        var requests = 0
        for await event in server.events {
            if case .request = event { requests += 1 }
        }
        #expect(requests == 1)
    }

    @Test func `a status counts however long the body goes on`() async throws {
        let gate = Gate()
        defer { gate.open() }
        let outcome = try await outcome(of: [
            .head(.ok, [:]), .bytes(Array(repeating: 97, count: 100_000)), .wait(gate),
        ])
        #expect(outcome == .answered(200))
    }

    @Test func `a receiver that does not answer has ten seconds`() async throws {
        let gate = Gate()
        defer { gate.open() }
        let server = ScriptedBackendServer { _ in [.wait(gate), .end] }
        let timer = ManualClock()
        try await server.withServer { url in
            let sender = try sender(timer: timer)
            async let outcome = sender.send(try .test(url: url))
            #expect(await timer.nextSleep() == .seconds(10))
            _ = await server.nextRequest()
            timer.advance(by: .seconds(10))
            #expect(try await outcome == .failed("there was no answer within 10 s"))
            #expect(await server.nextClosedConnection())
        }
    }

    @Test func `an answer that is none, or that breaks off, is a failure`() async throws {
        #expect(try await outcome(of: [.breakOff]) == .failed("the connection ended before the answer"))
        let garbage = try await outcome(of: [.rawBytes(Array("SSH-2.0-OpenSSH\r\n\r\n".utf8)), .breakOff])
        #expect(garbage == .failed("the answer was not HTTP/1.1"))
    }

    @Test func `an answer with endless headers is a failure`() async throws {
        let headers = HTTPHeaders((0..<50).map { ("x-\($0)", String(repeating: "a", count: 1_000)) })
        let outcome = try await outcome(of: answer(.ok, headers))
        #expect(outcome.error != nil && outcome.responseStatus == nil)
    }

    @Test func `nobody listens`() async throws {
        let url = try await ScriptedBackendServer { _ in [.end] }.withServer { $0 }
        #expect(await (try sender()).send(try .test(url: url)) == .failed("no connection could be made"))
    }

    @Test(arguments: [["127.0.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"], ["1.1.1.1", "10.0.0.1"], ["fd00::1"]])
    func `a name that leads inside is refused, and nothing is connected to`(addresses: [String]) async throws {
        let server = ScriptedBackendServer { _ in [.end] }
        try await server.withServer { url in
            let port = url.split(separator: ":")[2].prefix { $0 != "/" }
            let sender = try sender(allowsInside: false) { name in
                #expect(name == "rebound.example")
                return addresses.compactMap(InternetAddress.init)
            }
            let outcome = await sender.send(try .test(url: "https://rebound.example:\(port)/"))
            #expect(outcome == .failed("the host leads to an address that is not of the open Internet"))
        }
        for await event in server.events { Issue.record("something came: \(event)") }
    }

    @Test(arguments: [
        "http://example.com/", "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://localhost/",
        "https://2130706433/",
    ])
    func `a URL that is not taken any more is refused`(url: String) async throws {
        let sender = try sender(allowsInside: false) { _ in
            Issue.record("a name was looked up")
            return []
        }
        let outcome = await sender.send(try .test(url: url))
        #expect(outcome.error?.hasPrefix("the URL is not taken any more: ") == true)
    }

    @Test func `the connection goes to the address that was checked, and the name is looked up once`() async throws {
        let lookUps = Mutex(0)
        let server = ScriptedBackendServer { [steps = answer(.ok)] _ in steps }
        try await server.withServer { url in
            let port = url.split(separator: ":")[2].prefix { $0 != "/" }
            let sender = try sender { _ in
                lookUps.withLock { $0 += 1 }
                return ["127.0.0.1"].compactMap(InternetAddress.init)
            }
            #expect(await sender.send(try .test(url: "http://receiver.example:\(port)/")) == .answered(200))
            #expect(await server.nextRequest()?.headers["host"] == ["receiver.example:\(port)"])
        }
        #expect(lookUps.withLock { $0 } == 1)
    }

    @Test func `the next address is tried where the first does not listen`() async throws {
        let server = ScriptedBackendServer { [steps = answer(.ok)] _ in steps }
        try await server.withServer { url in
            let port = url.split(separator: ":")[2].prefix { $0 != "/" }
            let sender = try sender { _ in ["127.0.0.2", "127.0.0.1"].compactMap(InternetAddress.init) }
            #expect(await sender.send(try .test(url: "http://receiver.example:\(port)/")) == .answered(200))
        }
    }

    @Test func `a name that has no addresses is said to have none`() async throws {
        let outcome = await (try sender(allowsInside: false)).send(try .test(url: "https://nowhere.example/"))
        #expect(outcome == .failed("the host's name could not be resolved"))
    }

    @Test func `the system's resolver knows this machine by its name`() async throws {
        let addresses = try await HostResolver.addresses(of: "localhost")
        #expect(!addresses.isEmpty && addresses.allSatisfy { !$0.isPublic })
    }

    @Test func `a receiver without a certificate is not told anything`() async throws {
        let server = ScriptedBackendServer { _ in [.end] }
        let outcome = try await server.withServer { url in
            await (try sender()).send(try .test(url: "https" + url.dropFirst(4)))
        }
        #expect(outcome.error != nil && outcome.responseStatus == nil)
        for await event in server.events {
            if case .request = event { Issue.record("a request came in the clear") }
        }
    }
}
