import Testing

@testable import Backends

@Suite struct LlamaServerSupervisionTests {
    private var supervision = LlamaServerSupervision()

    @Test mutating func `a server that becomes healthy serves`() {
        #expect(supervision.health(at: .zero)?.state == .starting)
        supervision.launching()
        #expect(supervision.health(at: .seconds(1))?.reason == "llama-server is loading its model")
        supervision.becameHealthy(at: .seconds(2))
        #expect(supervision.state == .serving(since: .seconds(2)))
        #expect(supervision.health(at: .seconds(3)) == nil)
    }

    @Test mutating func `each failure in a row doubles the wait, up to its longest`() {
        var waits: [Duration] = []
        for _ in 0..<10 {
            supervision.launching()
            guard case .startAgain(let wait) = supervision.ended("it broke", at: .zero) else { continue }
            waits.append(wait)
        }
        let expected: [Duration] = [
            .milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16), .seconds(32),
            .seconds(60), .seconds(60), .seconds(60),
        ]
        #expect(waits == expected)
    }

    @Test mutating func `a crash loop is unhealthy with the last reason, and is still tried`() {
        for failure in 1...5 {
            supervision.launching()
            _ = supervision.ended("reason \(failure)", at: .zero)
            let health = supervision.health(at: .zero)
            #expect(health?.state == (failure < 5 ? .starting : .unhealthy))
            #expect(health?.reason.hasSuffix("reason \(failure)") == true)
        }
        #expect(supervision.state == .waiting(until: .seconds(8)))
        #expect(
            supervision.health(at: .milliseconds(500))?.reason.hasPrefix("llama-server starts again in 8 s") == true
        )
        supervision.launching()
        #expect(supervision.health(at: .seconds(8))?.state == .unhealthy)
        supervision.becameHealthy(at: .seconds(9))
        #expect(supervision.health(at: .seconds(9)) == nil)
    }

    @Test mutating func `a server that served long enough ends with a clean record`() {
        for _ in 0..<4 { _ = supervision.ended("it broke", at: .zero) }
        supervision.launching()
        supervision.becameHealthy(at: .seconds(10))
        #expect(supervision.ended("it broke", at: .seconds(70)) == .startAgain(after: .milliseconds(500)))
        #expect(supervision.failures == 1)
    }

    @Test mutating func `a server that serves for a moment keeps its record`() {
        for _ in 0..<4 { _ = supervision.ended("it broke", at: .zero) }
        supervision.launching()
        supervision.becameHealthy(at: .seconds(10))
        #expect(supervision.ended("it broke", at: .seconds(69)) == .startAgain(after: .seconds(8)))
    }

    @Test mutating func `what ends after the stop stays stopped`() {
        supervision.launching()
        supervision.becameHealthy(at: .zero)
        supervision.stopping()
        #expect(supervision.ended("it was told to", at: .seconds(1)) == .stayStopped)
        supervision.launching()
        supervision.becameHealthy(at: .seconds(2))
        #expect(supervision.state == .stopped)
        #expect(supervision.health(at: .seconds(2))?.state == .unhealthy)
    }

    @Test mutating func `a healthy answer of a server that has ended counts for nothing`() {
        supervision.launching()
        _ = supervision.ended("it broke", at: .zero)
        supervision.becameHealthy(at: .milliseconds(10))
        #expect(supervision.state == .waiting(until: .milliseconds(500)))
    }
}
