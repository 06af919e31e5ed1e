import Backends
import Testing
import WorkerProtocol

@testable import Worker

struct WhyReportTests {
    private func report(_ change: (inout WorkerSituation) throws -> Void) throws -> WhyReport {
        var situation = try WorkerSituation.test()
        try change(&situation)
        return WhyReport(situation)
    }

    private func codes(_ change: (inout WorkerSituation) throws -> Void) throws -> [WhyReason.Code] {
        try report(change).reasons.map(\.code)
    }

    @Test func `a worker that works says so`() throws {
        let report = try report { situation in
            situation.stands(.eligible) { $0.jobsLastHour = 3 }
            for _ in 0..<3 { situation.happened(.offered, .accepted, .finished, .settled(microUSDC: 1)) }
        }
        #expect(report.answer == "getting work: 3 jobs in the last hour, 3 settled")
        #expect(report.state == .ready)
        #expect(report.networks.map { $0.reasons.first?.code } == [.working])
        #expect(report.models.map { $0.reasons.first?.code } == [.working])
        #expect(report.lastHour.settled == 3)
        #expect(report.lastOfferAt == "2026-06-15T14:21:00Z")
    }

    @Test func `the worker's own reasons come before everything else, each with its remedy`() throws {
        let report = try report { situation in
            _ = situation.admission.setPaused(true)
            _ = situation.admission.setSchedule(closed: "outside the hours of [schedule] until 22:00")
            _ = situation.admission.setFaults([
                Fault(name: "disk_space", message: "1 MiB is free", stopsWork: true),
                Fault(name: "clock", message: "2 s off", stopsWork: false),
            ])
            situation.networks = [.down("connection refused")]
            situation.happened(.offered, .accepted, .settled(microUSDC: 1))
        }
        #expect(report.reasons.prefix(4).map(\.code) == [.paused, .schedule, .fault, .notConnected])
        #expect(report.answer == "paused by the operator")
        #expect(report.reasons[0].remedy == "decentral-worker resume")
        #expect(report.reasons[2].message == "disk_space: 1 MiB is free")
        #expect(report.models[0].reasons.first?.code == .paused)
        #expect(report.networks[0].reasons.first?.code == .paused)
    }

    @Test func `a worker that ends, or has nothing to do with anybody, says that`() throws {
        #expect(try codes { _ = $0.admission.drain() }.first == .draining)
        #expect(try codes { $0.networks = [] } == [.noNetworks])
        #expect(try codes { $0.models = [] }.first == .noModels)
    }

    @Test(arguments: [
        (SessionClosure.Code.lost, WhyReason.Code.notConnected), (.rejected, .refused), (.banned, .refused),
        (.unverifiedGateway, .wrongGateway), (.duplicate, .duplicateNetwork), (.superseded, .superseded),
        (.protocolViolation, .notConnected),
    ])
    func `a network without a session says why, and what helps`(
        _ end: SessionClosure.Code,
        _ expected: WhyReason.Code
    ) throws {
        let report = try report { $0.networks = [.down("the words", code: end)] }
        #expect(report.reasons.first?.code == expected)
        #expect(report.answer == "network main is not connected, since 1m 0s ago: the words")
        #expect(report.reasons.first?.remedy?.isEmpty == false)
        #expect(report.reasons.first?.network == "main")
        #expect(report.state == .degraded)
        // The model hears of it too: its own line must not claim that all is well.
        #expect(report.models[0].reasons.first?.code == expected)
    }

    @Test func `work of the last hour is no answer once there is no way to more`() throws {
        let down = try report { situation in
            situation.happened(.offered, .accepted, .settled(microUSDC: 1))
            situation.networks = [.down("connection refused")]
        }
        #expect(down.reasons.map(\.code) == [.notConnected])
        #expect(down.lastHour.settled == 1)
        let setAside = try report { situation in
            situation.stands(.setAside)
            situation.happened(.offered, .accepted, .settled(microUSDC: 1))
            let until = situation.nowMilliseconds + 60_000
            situation.networks[0].state.standing?.setAside = .init(untilMilliseconds: until, reason: "failures")
        }
        #expect(setAside.reasons.map(\.code) == [.setAside])
        // With another network there is.
        let other = try report { situation in
            situation.stands(.eligible)
            situation.happened(.offered, .accepted, .settled(microUSDC: 1))
            situation.networks.append(.down("connection refused", name: "other"))
        }
        #expect(other.reasons.map(\.code) == [.working, .notConnected, .eligible])
    }

    @Test func `no demand is not claimed of a model that just had offers`() throws {
        let codes = try codes { situation in
            situation.stands(.noDemand)
            situation.happened(.offered, .accepted, .settled(microUSDC: 1))
        }
        #expect(codes == [.working])
    }

    @Test func `a network that was not reached yet is not called broken`() throws {
        let report = try report { situation in
            situation.networks[0].state = NetworkState(sinceMilliseconds: situation.nowMilliseconds)
        }
        #expect(report.reasons.map(\.code) == [.connecting])
    }

    @Test func `a sick backend is told with its reason, and the network's older verdict is not`() throws {
        var situation = try WorkerSituation.test(health: .unhealthy("out of memory"))
        situation.stands(.noDemand)
        let report = WhyReport(situation)
        #expect(report.reasons.map(\.code) == [.unhealthy])
        #expect(
            report.answer == "model tiny-chat is not offered, its backend scripted is unhealthy: out of memory"
        )
    }

    @Test func `a loading model is waited for`() throws {
        let report = WhyReport(try .test(health: .starting("loading 40 GB")))
        #expect(report.reasons.map(\.code) == [.starting])
        #expect(report.answer.hasSuffix("loading 40 GB"))
    }

    @Test func `full slots are no fault`() throws {
        let report = try report { situation in
            situation.stands(.eligible)
            situation.models[0].inFlight = 4
        }
        #expect(report.reasons.map(\.code) == [.working, .noSlots, .eligible])
        #expect(report.models[0].reasons[1].message == "all of the 4 slots of tiny-chat are taken")
    }

    @Test(arguments: [
        (NetworkStanding.Verdict.noDemand, WhyReason.Code.noDemand), (.notInCatalogue, .notInCatalogue),
        (.lacksFeatures, .lacksFeatures), (.othersPreferred, .othersPreferred), (.noFreeSlots, .noSlots),
        (.unknown, .unknownVerdict), (.eligible, .eligible),
    ])
    func `a network's verdict on a model is told`(
        _ verdict: NetworkStanding.Verdict,
        _ expected: WhyReason.Code
    ) throws {
        let report = try report { $0.stands(verdict) { $0.message = "its words" } }
        #expect(report.reasons.map(\.code) == [expected])
        #expect(report.reasons[0].network == "main" && report.reasons[0].model == "tiny-chat")
        #expect(report.networks[0].reasons.map(\.code) == [expected])
    }

    @Test func `others that are preferred are told with the scores and the weakest part`() throws {
        let report = try report {
            $0.stands(.othersPreferred) { model in
                (model.score, model.bestScore, model.workers) = (412, 790, 3)
                (model.jobsLastHour, model.jobsWaiting) = (120, 2)
            }
        }
        #expect(
            report.answer
                == "network main prefers others for tiny-chat: this worker's score is 0.412, the best of 3 workers has"
                + " 0.790; 120 jobs of it in the last hour, 0 of them here, 2 waiting"
        )
        #expect(report.reasons[0].remedy?.contains("time to first token 0.300") == true)
    }

    @Test func `being set aside is told with its end and its reason`() throws {
        let report = try report { situation in
            situation.stands(.setAside)
            situation.networks[0].state.standing?.setAside = .init(
                untilMilliseconds: situation.nowMilliseconds + 60_000,
                reason: "5 jobs in a row failed"
            )
        }
        #expect(report.reasons.map(\.code) == [.setAside])
        #expect(
            report.answer
                == "network main has set this worker aside until 2026-06-15T14:23:00Z (in 1m 0s): 5 jobs in a row failed"
        )
        #expect(report.state == .degraded)
    }

    @Test func `a network that says nothing of a model is told too`() throws {
        #expect(try codes { _ in } == [.noStanding])
    }

    @Test func `many refusals and losses are reasons, a few are not`() throws {
        let many = try report { situation in
            situation.stands(.eligible)
            for _ in 0..<3 { situation.happened(.offered, .refused(reason: "at_capacity")) }
            situation.happened(.offered, .accepted, .lost(code: "backend_timeout"))
            situation.happened(.unpaid(reason: "job_lost"))
        }
        #expect(many.reasons.suffix(3).map(\.code) == [.offersRefused, .jobsLost, .jobsUnpaid])
        #expect(many.reasons[2].message == "this worker refused 3 of 4 offers in the last hour: 3 at_capacity")
        #expect(many.reasons[3].message == "1 of 1 job in the last hour ended without a result: 1 backend_timeout")
        #expect(many.reasons[4].message.hasPrefix("1 job of the last hour unpaid: 1 job_lost ("))
        let few = try codes { situation in
            situation.stands(.eligible)
            for _ in 0..<9 { situation.happened(.offered, .accepted, .settled(microUSDC: 1)) }
            situation.happened(.offered, .refused(reason: "at_capacity"))
            situation.happened(.lost(code: "backend_timeout"))
        }
        #expect(few == [.working, .eligible])
    }

    @Test func `callers who hang up are no fault of the worker`() throws {
        let codes = try codes { situation in
            situation.stands(.eligible)
            for _ in 0..<4 { situation.happened(.offered, .accepted, .lost(code: "caller_gone")) }
        }
        #expect(codes == [.working, .eligible])
    }
}
