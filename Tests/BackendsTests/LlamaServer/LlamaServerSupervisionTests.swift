import Testing

@testable import Backends

@Suite struct LlamaServerSupervisionTests {
    private var supervision = LlamaServerSupervision()

    @Test mutating func `a server that becomes healthy serves`() {
        #expect(supervision.health(at: .zero)?.state == .starting)
        supervision.launching(at: .zero)
        #expect(supervision.health(at: .seconds(1))?.reason == "llama-server is loading its model")
        supervision.becameHealthy(at: .seconds(2))
        #expect(supervision.state == .serving(since: .seconds(2)))
        #expect(supervision.health(at: .seconds(3)) == nil)
    }

    @Test mutating func `each failure in a row doubles the wait, up to its longest`() {
        var waits: [Duration] = []
        for _ in 0..<10 {
            supervision.launching(at: .zero)
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
            supervision.launching(at: .zero)
            _ = supervision.ended("reason \(failure)", at: .zero)
            let health = supervision.health(at: .zero)
            #expect(health?.state == (failure < 5 ? .starting : .unhealthy))
            #expect(health?.reason.hasSuffix("reason \(failure)") == true)
        }
        #expect(supervision.state == .waiting(until: .seconds(8)))
        #expect(
            supervision.health(at: .milliseconds(500))?.reason.hasPrefix("llama-server starts again in 8 s") == true
        )
        supervision.launching(at: .zero)
        #expect(supervision.health(at: .seconds(8))?.state == .unhealthy)
        supervision.becameHealthy(at: .seconds(9))
        #expect(supervision.health(at: .seconds(9)) == nil)
    }

    @Test mutating func `a server that served long enough ends with a clean record`() {
        for _ in 0..<4 { _ = supervision.ended("it broke", at: .zero) }
        supervision.launching(at: .zero)
        supervision.becameHealthy(at: .seconds(10))
        #expect(supervision.ended("it broke", at: .seconds(70)) == .startAgain(after: .milliseconds(500)))
        #expect(supervision.failures == 1)
    }

    @Test mutating func `a server that serves for a moment keeps its record`() {
        for _ in 0..<4 { _ = supervision.ended("it broke", at: .zero) }
        supervision.launching(at: .zero)
        supervision.becameHealthy(at: .seconds(10))
        #expect(supervision.ended("it broke", at: .seconds(69)) == .startAgain(after: .seconds(8)))
    }

    @Test mutating func `what ends after the stop stays stopped`() {
        supervision.launching(at: .zero)
        supervision.becameHealthy(at: .zero)
        supervision.stopping()
        #expect(supervision.ended("it was told to", at: .seconds(1)) == .stayStopped)
        supervision.launching(at: .zero)
        supervision.becameHealthy(at: .seconds(2))
        #expect(supervision.state == .stopped)
        #expect(supervision.health(at: .seconds(2))?.state == .unhealthy)
    }

    @Test mutating func `a healthy answer of a server that has ended counts for nothing`() {
        supervision.launching(at: .zero)
        _ = supervision.ended("it broke", at: .zero)
        supervision.becameHealthy(at: .milliseconds(10))
        #expect(supervision.state == .waiting(until: .milliseconds(500)))
    }

    @Test mutating func `a start that takes long says how long in steps`() {
        supervision.launching(at: .seconds(5))
        #expect(supervision.health(at: .seconds(14))?.reason == "llama-server is loading its model")
        #expect(supervision.health(at: .seconds(49))?.reason == "llama-server is loading its model, for 40 s now")
    }

    // MARK: Idle

    private static func unloading(after limit: Duration) -> LlamaServerSupervision {
        var policy = LlamaServerSupervision.Policy()
        policy.unloadAfter = limit
        var supervision = LlamaServerSupervision(policy: policy)
        supervision.launching(at: .zero)
        supervision.becameHealthy(at: .seconds(1))
        return supervision
    }

    @Test mutating func `a server that nobody uses is unloaded, and takes jobs all the same`() {
        supervision = Self.unloading(after: .seconds(60))
        #expect(supervision.lookForUse(at: .seconds(31)) == .wait(.seconds(30)))
        #expect(supervision.lookForUse(at: .seconds(61)) == .unload)
        #expect(supervision.health(at: .seconds(61))?.state == .unloaded)
        #expect(supervision.ended("it was told to", at: .seconds(62)) == .startOnDemand)
        #expect(supervision.state == .unloaded)
        #expect(supervision.health(at: .seconds(62))?.state == .unloaded)
        #expect(!supervision.isWanted)
    }

    @Test mutating func `a server that works is not unloaded, and its rest begins with the end of its work`() {
        supervision = Self.unloading(after: .seconds(60))
        #expect(supervision.requestCame(at: .seconds(10)) == .send)
        #expect(supervision.lookForUse(at: .seconds(500)) == .wait(.seconds(60)))
        supervision.requestEnded(at: .seconds(510))
        #expect(supervision.lookForUse(at: .seconds(560)) == .wait(.seconds(10)))
        #expect(supervision.lookForUse(at: .seconds(570)) == .unload)
    }

    @Test mutating func `the first request starts an unloaded server and the others wait for the same start`() {
        supervision = Self.unloading(after: .seconds(60))
        #expect(supervision.lookForUse(at: .seconds(61)) == .unload)
        _ = supervision.ended("", at: .seconds(61))
        #expect(supervision.requestCame(at: .seconds(100)) == .waitForStart)
        #expect(supervision.isWanted)
        supervision.launching(at: .seconds(100))
        #expect(!supervision.isWanted)
        #expect(supervision.requestCame(at: .seconds(101)) == .waitForStart)
        #expect(supervision.health(at: .seconds(101))?.state == .unloaded)
        supervision.becameHealthy(at: .seconds(105))
        #expect(supervision.requestCame(at: .seconds(105)) == .send)
        #expect(supervision.requestCame(at: .seconds(105)) == .send)
    }

    @Test mutating func `a request that comes while the server is being unloaded starts it at once`() {
        supervision = Self.unloading(after: .seconds(60))
        #expect(supervision.lookForUse(at: .seconds(61)) == .unload)
        #expect(supervision.requestCame(at: .seconds(62)) == .waitForStart)
        #expect(supervision.ended("", at: .seconds(63)) == .startAgain(after: .zero))
    }

    @Test mutating func `a start on demand that fails refuses the requests that waited`() {
        supervision = Self.unloading(after: .seconds(60))
        #expect(supervision.lookForUse(at: .seconds(61)) == .unload)
        _ = supervision.ended("", at: .seconds(61))
        _ = supervision.requestCame(at: .seconds(100))
        supervision.launching(at: .seconds(100))
        #expect(supervision.ended("no memory", at: .seconds(101)) == .startAgain(after: .milliseconds(500)))
        #expect(
            supervision.requestCame(at: .seconds(101)) == .refuse("llama-server starts again in 1 s: no memory")
        )
    }
}
