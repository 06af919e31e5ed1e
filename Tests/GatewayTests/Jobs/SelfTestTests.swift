import GatewayStore
import InferenceAPI
import Signing
import Testing
import WorkerProtocol

@testable import Gateway

@Suite struct SelfTestGateTests {
    @Test func `a worker tests itself one at a time, and once in ten seconds`() throws {
        let worker = Identity.generate().address
        let other = Identity.generate().address
        let start = ContinuousClock.now
        var gate = SelfTestGate()
        try gate.began(worker, at: start)
        #expect(throws: SelfTestGate.Refusal.running) { try gate.began(worker, at: start + .seconds(60)) }
        try gate.began(other, at: start)
        gate.ended(worker)
        #expect(throws: SelfTestGate.Refusal.tooSoon) { try gate.began(worker, at: start + .seconds(9)) }
        try gate.began(worker, at: start + .seconds(10))
    }
}

@Suite struct SelfTestTests {
    private func request(_ worker: ProtocolWorker, model: String = "qwen3-8b", number: UInt64 = 7) {
        worker.send {
            $0.selfTestRequest.request = number
            $0.selfTestRequest.model = model
        }
    }

    @Test func `a test is a free job that is proven, booked, and in nobody's figures`() async throws {
        try await NetworkHarness.run { gateway in
            try await ProtocolWorker.run(in: gateway) { worker in
                _ = try await worker.announce()
                request(worker)
                let offer = try await worker.offer()
                #expect(offer.selfTest)
                try worker.work(on: offer, for: gateway.identity.address)
                var isAccepted = false
                let result = try await worker.next { message -> WireSelfTestResult? in
                    if case .receiptAccepted = message { isAccepted = true }
                    if case .payout = message { Issue.record("a test was paid") }
                    guard case .selfTestResult(let result) = message else { return nil }
                    return result
                }
                #expect(isAccepted, "the receipt is accepted before the result")
                #expect(result.passed)
                #expect(result.request == 7)
                #expect(result.jobID == offer.jobID)
                #expect(result.completionTokens == 2)

                let moment = gateway.hub.moment
                let reputation = moment.reputation.workers[worker.identity.address]
                #expect(reputation?.accepted.value(at: moment.now) == 0)
                #expect(reputation?.settledOfHour.count(at: moment.now) == 0)
                #expect(moment.reputation.models["qwen3-8b"] == nil)
                #expect(moment.registry.workers[worker.identity.address]?.jobsInFlight == 0)
                #expect(gateway.jobs.latencies.median(of: "qwen3-8b", atMilliseconds: moment.now) == nil)

                let job = try #require(try await gateway.store.history.job(offer.jobID))
                #expect(job.isTest)
                #expect(job.status == .settled)
                #expect([job.creditsLocked, job.creditsCharged, job.workerMicroUSDC] == [0, 0, 0])
                let audit = try await LedgerAudit.verify(gateway.store.history, signer: gateway.identity.address)
                #expect(audit.findings == [])
                #expect(audit.entryCount == 2)

                request(worker, number: 8)
                let second = try await worker.selfTestResult()
                #expect(!second.passed)
                #expect(second.jobID.isEmpty)
                #expect(second.message.contains("once in 10 s"))
            }
        }
    }

    @Test func `a worker that refuses its test is told what it said`() async throws {
        try await NetworkHarness.run { gateway in
            try await ProtocolWorker.run(in: gateway) { worker in
                _ = try await worker.announce()
                request(worker)
                let offer = try await worker.offer()
                worker.send {
                    $0.jobRefused.jobID = offer.jobID
                    $0.jobRefused.reason = .backendUnhealthy
                    $0.jobRefused.message = "the backend is gone"
                }
                let result = try await worker.selfTestResult()
                #expect(!result.passed)
                #expect(result.message.contains("the backend is gone"))
            }
        }
    }

    @Test func `a test whose receipt does not hold fails and sets nobody aside`() async throws {
        try await NetworkHarness.run { gateway in
            try await ProtocolWorker.run(in: gateway) { worker in
                _ = try await worker.announce()
                request(worker)
                try worker.work(on: try await worker.offer(), for: gateway.identity.address, spoilingProof: true)
                let result = try await worker.selfTestResult()
                #expect(!result.passed)
                #expect(result.message.contains("output_mismatch"))
                let moment = gateway.hub.moment
                #expect(moment.reputation.workers[worker.identity.address]?.breaker == CircuitBreaker())
            }
        }
    }

    @Test func `a model that the network does not know has no test`() async throws {
        try await NetworkHarness.run { gateway in
            try await ProtocolWorker.run(in: gateway) { worker in
                let standing = try await worker.announce("my-own")
                #expect(standing.models.map(\.verdict) == [.notInCatalogue])
                request(worker, model: "my-own")
                let result = try await worker.selfTestResult()
                #expect(result.message.contains("'my-own'"))
            }
        }
    }
}
