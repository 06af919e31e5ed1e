import Testing

@testable import Gateway

@Suite struct DecayingCountTests {
    private let month: Int64 = 30 * 86_400_000

    @Test func `after 30 days a count is half of what it was`() {
        var count = DecayingCount()
        count.add(8, at: 0)
        #expect(count.value(at: 0) == 8)
        #expect(count.value(at: month) == 4)
        count.add(1, at: month)
        #expect(count.value(at: 2 * month) == 2.5)
    }

    @Test func `a clock that goes back takes nothing away`() {
        var count = DecayingCount()
        count.add(8, at: month)
        count.add(1, at: 0)
        #expect(count.value(at: 0) == 9)
        #expect(count.at == month)
    }

    @Test func `a steady count for ever comes to the half-life divided by ln 2`() {
        let sum = DecayingCount.sum(over: 100 * month)
        #expect(abs(sum / (DecayingCount.halfLife / 0.693147) - 1) < 0.001)
    }
}

@Suite struct UptimeTests {
    private let day: Int64 = 86_400_000

    private func part(_ uptime: Uptime, at now: Int64) -> Double {
        uptime.up.value(at: now) / uptime.observed.value(at: now)
    }

    @Test func `a worker that is there half of the time is up for about half of it`() {
        var uptime = Uptime(observedFrom: 0)
        uptime.sessionBegan(at: 0)
        uptime.sessionEnded(at: day)
        uptime.observe(until: 2 * day)
        // A little less than half, because the newer day counts more.
        #expect((0.49..<0.5).contains(part(uptime, at: 2 * day)))
    }

    @Test func `time in which the gateway was down is nobody's`() {
        var uptime = Uptime(observedFrom: 0)
        uptime.sessionBegan(at: 0)
        uptime.observe(until: day)
        var restarted = Uptime(observed: uptime.observed, up: uptime.up, observedFrom: 10 * day)
        restarted.sessionBegan(at: 10 * day)
        restarted.observe(until: 11 * day)
        #expect(part(restarted, at: 11 * day) == 1)
    }
}

@Suite struct HourCountTests {
    private let minute: Int64 = 60_000

    @Test func `what is older than an hour is forgotten`() {
        var count = HourCount()
        count.add(at: 0)
        count.add(at: 30 * minute)
        count.add(at: 30 * minute)
        #expect(count.count(at: 59 * minute) == 3)
        #expect(count.count(at: 60 * minute) == 2)
        #expect(count.count(at: 90 * minute) == 0)
    }

    @Test func `it agrees with a list of all times`() {
        var random = SeededSource(seed: 3)
        var count = HourCount()
        var times: [Int64] = []
        var now: Int64 = 0
        for _ in 0..<2_000 {
            now += Int64.random(in: 0...(random.next() % 50 == 0 ? 5_000_000 : 90_000), using: &random)
            count.add(at: now)
            times.append(now)
            let oldest = now / minute - 59
            #expect(count.count(at: now) == times.count { $0 / minute >= oldest })
        }
    }
}

@Suite struct LatencySamplesTests {
    @Test func `the percentiles are those of the newest samples`() {
        var samples = LatencySamples()
        for milliseconds in 1...100 { samples.note(milliseconds) }
        #expect(samples.samples == Array(37...100))
        #expect(samples.p50 == 68)
        #expect(samples.p95 == 97)
    }

    @Test func `a few samples have their slowest as the 95th percentile`() {
        #expect(LatencySamples([300, 100, 200]).p95 == 300)
        #expect(LatencySamples().p50 == 0)
    }
}
