import Testing

@testable import Gateway

@Suite struct CircuitBreakerTests {
    private let limits = CircuitBreaker.Limits()

    private func fail(_ breaker: inout CircuitBreaker, at now: Int64, jitter: Double = 1) -> Bool {
        breaker.failed("the backend is gone", at: now, limits: limits, jitter: jitter)
    }

    private func setAside(at now: Int64 = 0) -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 1...3 { _ = fail(&breaker, at: now) }
        return breaker
    }

    @Test func `the third failure in a row sets aside, and a success between begins anew`() {
        var breaker = CircuitBreaker()
        let first = fail(&breaker, at: 0)
        let second = fail(&breaker, at: 1)
        breaker.succeeded(at: 2)
        let third = fail(&breaker, at: 3)
        let fourth = fail(&breaker, at: 4)
        #expect([first, second, third, fourth] == [false, false, false, false])
        #expect(breaker.verdict(at: 4) == .open)
        let fifth = fail(&breaker, at: 5)
        #expect(fifth)
        #expect(breaker.verdict(at: 5) == .setAside(until: 30_005))
        #expect(breaker.reason == "the backend is gone")
    }

    @Test func `each failure on trial sets aside for longer, an hour at most`() {
        var breaker = setAside()
        var now: Int64 = 30_000
        for seconds in [120, 600, 3_600, 3_600] as [Int64] {
            #expect(breaker.verdict(at: now) == .onTrial)
            let isSetAside = fail(&breaker, at: now)
            #expect(isSetAside)
            #expect(breaker.verdict(at: now) == .setAside(until: now + seconds * 1_000))
            now += seconds * 1_000
        }
    }

    @Test func `what ends while the worker is set aside changes nothing`() {
        var breaker = setAside()
        let before = breaker
        let again = fail(&breaker, at: 29_999)
        #expect(!again)
        breaker.succeeded(at: 29_999)
        #expect(breaker == before)
    }

    @Test func `a success on trial forgets the failures`() {
        var breaker = setAside()
        breaker.succeeded(at: 30_000)
        #expect(breaker == CircuitBreaker())
    }

    @Test(arguments: [0.8, 1.2]) func `back-offs differ by a fifth at most`(jitter: Double) {
        var breaker = CircuitBreaker()
        for _ in 1...3 { _ = fail(&breaker, at: 0, jitter: jitter) }
        #expect(breaker.verdict(at: 0) == .setAside(until: Int64(30_000 * jitter)))
    }

    @Test func `a gateway that sets nobody aside never does`() {
        var breaker = CircuitBreaker()
        let never = CircuitBreaker.Limits(failuresInRow: 3, firstBackOff: .zero)
        for now in 0..<10 as Range<Int64> {
            let isSetAside = breaker.failed("x", at: now, limits: never, jitter: 1)
            #expect(!isSetAside)
        }
        #expect(breaker.verdict(at: 10) == .open)
    }
}
