import InferenceAPI
import Signing
import Testing

@testable import Worker

struct ActivityWindowTests {
    private let start = ContinuousClock.now
    private let one = Identity.generate().address
    private let two = Identity.generate().address

    private func event(_ kind: JobEvent.Kind, network: Address? = nil, model: String? = "tiny-chat") -> JobEvent {
        JobEvent(kind: kind, network: network ?? one, jobID: JobID(milliseconds: 1, random: 1), model: model)
    }

    @Test func `everything is counted by its reason`() {
        var window = ActivityWindow(start: start)
        let kinds: [JobEvent.Kind] = [
            .offered, .offered, .accepted, .refused(reason: "at_capacity"), .refused(reason: "at_capacity"),
            .refused(reason: "paused"), .finished, .lost(code: "backend_timeout"), .settled(microUSDC: 15_000),
            .settled(microUSDC: 5_000), .unpaid(reason: "job_lost"),
        ]
        for kind in kinds { window.record(event(kind), at: start + .seconds(1)) }
        let counts = window.counts(at: start + .seconds(2))
        #expect(counts.offered == 2 && counts.accepted == 1 && counts.finished == 1 && counts.settled == 2)
        #expect(counts.refused == ["at_capacity": 2, "paused": 1] && counts.refusedCount == 3)
        #expect(counts.lost == ["backend_timeout": 1] && counts.lostCount == 1)
        #expect(counts.unpaid == ["job_lost": 1] && counts.unpaidCount == 1)
        #expect(counts.microUSDC == 20_000)
    }

    @Test func `a network and a model have their own figures`() {
        var window = ActivityWindow(start: start)
        window.record(event(.offered, network: one), at: start)
        window.record(event(.offered, network: two), at: start)
        window.record(event(.offered, network: two, model: "other"), at: start)
        #expect(window.counts(network: one, at: start).offered == 1)
        #expect(window.counts(network: two, at: start).offered == 2)
        #expect(window.counts(model: "tiny-chat", at: start).offered == 2)
        #expect(window.counts(network: two, model: "other", at: start).offered == 1)
        #expect(window.counts(network: one, model: "other", at: start) == ActivityCounts())
    }

    @Test func `what is older than an hour is gone, and nothing younger`() {
        var window = ActivityWindow(start: start)
        window.record(event(.offered), at: start)
        window.record(event(.settled(microUSDC: 1)), at: start + .seconds(1_800))
        #expect(window.counts(at: start + .seconds(3_600)).offered == 1)
        #expect(window.counts(at: start + .seconds(3_660)).offered == 0)
        #expect(window.counts(at: start + .seconds(3_660)).settled == 1)
        #expect(window.counts(at: start + .seconds(7_200)) == ActivityCounts())
    }

    @Test func `the last offer is remembered beyond the hour`() {
        var window = ActivityWindow(start: start)
        #expect(window.lastOffer() == nil)
        window.record(event(.offered, network: one), at: start + .seconds(10))
        window.record(event(.offered, network: two, model: "other"), at: start + .seconds(20))
        window.record(event(.accepted, network: one), at: start + .seconds(90_000))
        #expect(window.lastOffer() == start + .seconds(20))
        #expect(window.lastOffer(network: one) == start + .seconds(10))
        #expect(window.lastOffer(network: one, model: "other") == nil)
    }
}
