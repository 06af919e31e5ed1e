import GatewayStore
import Operations
import Signing
import Testing
import WorkerProtocol

@testable import Gateway

@Suite struct WorkerConnectionTests {
    @Test func `an announcement is answered with the worker's standing`() async throws {
        try await NetworkHarness.run { gateway in
            try await ProtocolWorker.run(in: gateway) { worker in
                let standing = try await worker.announce()
                #expect(standing.models.map(\.model) == ["qwen3-8b"])
                #expect(standing.models.map(\.verdict) == [.noDemand])
                #expect(standing.models.map(\.workers) == [1])
                #expect(standing.setAsideUntilMs == 0)
            }
        }
    }

    @Test func `a worker reads the network's record of its jobs page by page`() async throws {
        try await NetworkHarness.run { gateway in
            let wallet = Identity.generate().address
            _ = try await gateway.store.ledger.grant(10_000, to: wallet, at: 0)
            try await ProtocolWorker.run(in: gateway) { worker in
                _ = try await worker.announce()
                for number in 0..<300 as Range<Int64> {
                    let job = RecordedJob(number, wallet: wallet, worker: worker.identity.address)
                    _ = try gateway.store.ledger.lock(job.new)
                    gateway.store.ledger.accepted(job.acceptance)
                }
                try await gateway.store.ledger.refund(RecordedJob(0, wallet: wallet, worker: wallet).refund)
                func page(after jobID: String) async throws -> WireRecordPage {
                    worker.send {
                        $0.recordRequest.request = 3
                        $0.recordRequest.untilMs = 10_000
                        $0.recordRequest.afterJobID = jobID
                    }
                    return try await worker.next { if case .recordPage(let page) = $0 { page } else { nil } }
                }
                let first = try await page(after: "")
                #expect(first.request == 3)
                #expect(first.error.isEmpty)
                #expect(first.jobs.count == SessionLimits.recordPageJobs)
                #expect(first.hasMore_p)
                #expect(first.jobs.first?.status == .refunded)
                #expect(first.jobs.first?.reason == "job_timeout")
                #expect(first.jobs.dropFirst().allSatisfy { $0.status == .open })
                let last = try #require(first.jobs.last)
                let second = try await page(after: last.jobID)
                #expect(second.jobs.count == 300 - SessionLimits.recordPageJobs)
                #expect(!second.hasMore_p)
                let ids = (first.jobs + second.jobs).map(\.jobID)
                #expect(ids == ids.sorted() && Set(ids).count == 300)
            }
        }
    }

    @Test func `a banned worker loses its session and is turned away until it is taken again`() async throws {
        try await NetworkHarness.run { gateway in
            let identity = Identity.generate()
            let administration = StoreAdministration(store: gateway.store, clock: .live, hub: gateway.hub)
            try await ProtocolWorker.run(as: identity, in: gateway) { worker in
                _ = try await worker.announce()
                try await administration.ban(identity.address, reason: "wrong output")
                let end = try await worker.next { if case .sessionEnd(let end) = $0 { end } else { nil } }
                #expect(end.reason == .banned)
                #expect(end.message.contains("wrong output"))
            }
            try await ProtocolWorker.run(as: identity, in: gateway) { worker in
                let rejected = try await worker.next { if case .rejected(let rejected) = $0 { rejected } else { nil } }
                #expect(rejected.reason == .banned)
            }
            try await administration.unban(identity.address)
            try await ProtocolWorker.run(as: identity, in: gateway) { worker in
                _ = try await worker.announce()
            }
            await #expect(throws: AdministrationError.self) { try await administration.unban(identity.address) }
        }
    }
}
