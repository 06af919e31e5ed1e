import Testing
import WorkerProtocol

@testable import Worker

struct ReconnectBackoffTests {
    @Test func `the bound doubles from a quarter of a second to half a minute`() {
        var backoff = ReconnectBackoff()
        let waits = (0..<9).map { _ in backoff.ended(.init(.lost, ""), random: 1) }
        #expect(waits.first == .milliseconds(250))
        #expect(waits[1] == .milliseconds(500))
        #expect(waits.last == .seconds(30))
        #expect(backoff.ended(.init(.lost, ""), random: 0) == .milliseconds(3_750))
    }

    @Test func `a session that stood begins anew`() {
        var backoff = ReconnectBackoff()
        for _ in 0..<5 { _ = backoff.ended(.init(.lost, ""), random: 1) }
        backoff.lasted()
        #expect(backoff.ended(.init(.lost, ""), random: 1) == .milliseconds(250))
    }

    @Test(arguments: [SessionClosure.Code.rejected, .banned, .unverifiedGateway])
    func `a refusal is not asked for again soon`(code: SessionClosure.Code) {
        var backoff = ReconnectBackoff()
        #expect(backoff.ended(.init(code, ""), random: 0) == .seconds(45))
        #expect(backoff.ended(.init(code, ""), random: 1) == .seconds(75))
    }

    @Test func `the network's wish is a lower bound`() {
        var backoff = ReconnectBackoff()
        #expect(backoff.ended(.init(.lost, "", retryAfter: .seconds(5)), random: 1) == .seconds(5))
    }
}
