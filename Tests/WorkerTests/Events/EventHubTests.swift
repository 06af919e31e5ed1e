import InferenceAPI
import Operations
import Signing
import Testing

@testable import Worker

@Suite(.timeLimit(.minutes(1)))
struct EventHubTests {
    private let hub = EventHub(clock: ManualWallClock(milliseconds: 0).clock)

    private func publish(_ number: Int) {
        hub.publish { WorkerEvent(.jobAccepted, at: $0, count: number) }
    }

    @Test func `a listener gets what happens while it listens, in order`() async {
        publish(0)
        let seen = await hub.listen { events, end in
            publish(1)
            publish(2)
            end()
            return await events.reduce(into: []) { $0.append($1.count) }
        }
        #expect(seen == [1, 2])
    }

    @Test func `a listener who is too slow loses the oldest, and is told how many`() async {
        let seen = await hub.listen { events, end in
            for number in 0..<EventHub.bufferedEvents + 10 { publish(number) }
            end()
            return await events.reduce(into: [WorkerEvent]()) { $0.append($1) }
        }
        #expect(seen?.first == WorkerEvent(.dropped, at: "1970-01-01T00:00:00.000Z", count: 10))
        #expect(seen?[1].count == 10)
        #expect(seen?.count == EventHub.bufferedEvents + 1)
    }

    @Test func `there is room for so many listeners, and again when one leaves`() async {
        func listen(_ depth: Int) async -> Int {
            await hub.listen { _, _ in await listen(depth + 1) } ?? depth
        }
        #expect(await listen(0) == EventHub.listenerLimit)
        #expect(await hub.listen { _, _ in true } == true)
    }

    @Test func `every end of a job has its event, and an offer has none`() {
        let network = Identity.generate().address
        func event(_ kind: JobEvent.Kind) -> WorkerEvent? {
            let id = JobID(milliseconds: 1, random: 1)
            return WorkerEvent(JobEvent(kind: kind, network: network, jobID: id, model: "m", message: "s"), at: "t")
        }
        #expect(event(.offered) == nil)
        #expect(event(.accepted)?.event == .jobAccepted)
        #expect(event(.refused(reason: "paused"))?.reason == "paused")
        #expect(event(.lost(code: "backend_timeout"))?.event == .jobFailed)
        #expect(event(.settled(microUSDC: 5))?.microUSDC == 5)
        #expect(event(.unpaid(reason: "times"))?.event == .jobUnpaid)
        #expect(event(.finished)?.network == network.description)
    }
}
