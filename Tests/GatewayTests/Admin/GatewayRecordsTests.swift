import GatewayStore
import InferenceAPI
import Operations
import Receipts
import Signing
import Testing

@testable import Gateway

/// What holds for every way of asking a gateway.
struct GatewayRecordsTests {
    private let wallet = Identity.generate().address

    private func newJob(_ number: UInt64, of wallet: Address, model: String = "qwen3-8b") -> NewJob {
        NewJob(
            jobID: JobID(milliseconds: 1_790_000_000_000 + Int64(number), random: number),
            wallet: wallet,
            keyID: "key_1",
            requestID: "req_\(number)",
            model: model,
            tier: "standard",
            rule: ChargeRule(creditsPerRequest: 8, creditsPer1kTokens: 4, choices: 1),
            maxOutputTokens: 500,
            requestSHA256: Digest.sha256([]),
            createdAt: 1_790_000_000_000 + Int64(number),
            deadline: 1_790_000_120_000
        )
    }

    @Test(arguments: AdminHarness.Way.allCases)
    func `models are listed with price, aliases and seed providers`(_ way: AdminHarness.Way) async throws {
        let alias = try #require(ModelAlias(id: "old", model: "qwen3-8b", retires: "2999-01-31"))
        let model = try #require(ModelCatalogue()["qwen3-8b"])
        var details = ModelDetails(
            model,
            price: Price(creditsPerRequest: 9, creditsPerThousandTokens: 5),
            aliases: [alias],
            seedProviders: ["first-party"]
        )
        details.medianLatencyMS = 412
        let listed = details
        try await AdminHarness.run(way, models: [listed]) { gateway in
            let found = try await gateway.records.models()
            #expect(found == [listed])
        }
    }

    @Test func `a gateway that does not run has the models of its configuration, at their base prices`() throws {
        let text = """
            [[model_alias]]
            id = "old"
            model = "qwen3-8b"
            retires = "2999-01-31"
            [[seed_provider]]
            name = "first-party"
            url = "http://127.0.0.1:8000/v1"
            [[seed_provider.model]]
            id = "qwen3-8b"
            """
        let configuration = try GatewayConfiguration(ConfigurationFile(text: text, path: "/etc/decentral/gateway.toml"))
        let models = ModelDetails.list(configuration, atMilliseconds: 0)
        #expect(models.count == ModelCatalogue().all.count)
        let model = try #require(models.first { $0.id == "qwen3-8b" })
        #expect(model.creditsPerRequest == 8)
        #expect(model.workers == 0)
        #expect(model.aliases == [.init(id: "old", retires: "2999-01-31")])
        #expect(model.seedProviders == ["first-party"])
        #expect(models.filter { $0.id != "qwen3-8b" }.allSatisfy { $0.seedProviders.isEmpty })
    }

    @Test(arguments: AdminHarness.Way.allCases)
    func `the identity is the gateway's address`(_ way: AdminHarness.Way) async throws {
        try await AdminHarness.run(way) { gateway in
            let identity = try await gateway.records.identity()
            #expect(identity.address == gateway.identity.address.description)
        }
    }

    @Test(arguments: AdminHarness.Way.allCases)
    func `accounts come in pages, the oldest first`(_ way: AdminHarness.Way) async throws {
        try await AdminHarness.run(way) { gateway in
            let none = try await gateway.records.accounts(AccountQuery())
            #expect(none == AdminPage(data: [], hasMore: false))
            var wallets: [Address] = []
            for _ in 0..<3 {
                wallets.append(Identity.generate().address)
                _ = try await gateway.administration.createAccount(wallets[wallets.count - 1])
                gateway.clock.advance(by: .milliseconds(1))
            }
            let first = try await gateway.records.accounts(AccountQuery(limit: 2))
            #expect(first.data.map(\.wallet) == wallets.prefix(2).map(\.description))
            #expect(first.hasMore)
            let second = try await gateway.records.accounts(AccountQuery(after: wallets[1], limit: 2))
            #expect(second.data.map(\.wallet) == [wallets[2].description])
            #expect(!second.hasMore)
        }
    }

    @Test(arguments: AdminHarness.Way.allCases)
    func `jobs are filtered and paged, the newest first`(_ way: AdminHarness.Way) async throws {
        try await AdminHarness.run(way) { gateway in
            let other = Identity.generate().address
            for account in [wallet, other] {
                _ = try await gateway.administration.createAccount(account)
                _ = try await gateway.administration.grant(100, to: account, reference: nil)
            }
            let jobs = [newJob(1, of: wallet), newJob(2, of: other), newJob(3, of: wallet, model: "größer & kleiner")]
            for job in jobs { _ = try gateway.store.ledger.lock(job) }
            _ = try await gateway.store.ledger.refund(
                JobRefund(
                    jobID: jobs[0].jobID,
                    status: .failed,
                    errorCode: "worker_failed",
                    message: "the worker failed",
                    at: 1_790_000_001_000
                )
            )
            func found(_ query: JobQuery) async throws -> [String] {
                try await gateway.records.jobs(query).data.map(\.jobID)
            }
            let ids = jobs.map(\.jobID.description)
            #expect(try await found(JobQuery()) == [ids[2], ids[1], ids[0]])
            #expect(try await found(JobQuery(wallet: wallet)) == [ids[2], ids[0]])
            #expect(try await found(JobQuery(status: .failed)) == [ids[0]])
            #expect(try await found(JobQuery(model: "größer & kleiner")) == [ids[2]])
            let page = try await gateway.records.jobs(JobQuery(after: jobs[2].jobID, limit: 1))
            #expect(page.data.map(\.jobID) == [ids[1]])
            #expect(page.hasMore)

            let failed = try await gateway.records.job(jobs[0].jobID)
            #expect(failed.status == "failed")
            #expect(failed.errorCode == "worker_failed")
            #expect(failed.creditsLocked == 8)
            #expect(failed.creditsRefunded == 8)
            #expect(failed.completedAt == "2026-09-21T14:13:21.000Z")
            #expect(failed.worker == nil)
        }
    }

    @Test(arguments: AdminHarness.Way.allCases)
    func `a job that does not exist is said to be missing`(_ way: AdminHarness.Way) async throws {
        try await AdminHarness.run(way) { gateway in
            let id = JobID(milliseconds: 1, random: 2)
            do {
                _ = try await gateway.records.job(id)
                Issue.record("found a job that was never made")
            } catch {
                #expect(CommandError(gateway: error).message == "there is no job \(id)")
            }
        }
    }

    @Test(arguments: AdminHarness.Way.allCases)
    func `the ledger of honest work holds`(_ way: AdminHarness.Way) async throws {
        try await AdminHarness.run(way) { gateway in
            _ = try await gateway.administration.createAccount(wallet)
            _ = try await gateway.administration.grant(100, to: wallet, reference: nil)
            let report = try await gateway.records.verifyLedger()
            #expect(report.isClean)
            #expect(report.entryCount == 1)
            #expect(report.signer == gateway.identity.address.description)
        }
    }

    @Test(arguments: AdminHarness.Way.allCases)
    func `connected workers are listed with their models, and others on request`(_ way: AdminHarness.Way) async throws {
        let gone = Identity.generate().address
        let here = Identity.generate().address
        var live = LiveWorker(
            address: here,
            payoutAddress: wallet,
            software: "a worker of somebody's",
            sessionID: "session",
            shareBasisPoints: 7_500,
            since: .now
        )
        live.name = "rig"
        live.pause = .init(cause: .operator, reason: "cleaning")
        live.models["qwen3-8b"] = .init(
            slots: 4,
            contextWindow: 32_768,
            features: [.tools, .logprobs],
            health: .unhealthy,
            reason: "out of memory",
            inFlight: 1,
            announcedFree: 2
        )
        try await AdminHarness.run(way, liveWorkers: [live]) { gateway in
            gateway.store.workerSeen(gone, name: "old", software: "old", at: 1_790_000_000_000)
            // The account waits for its commit, and the sighting is in the same one or one before.
            _ = try await gateway.administration.createAccount(wallet)

            let connected = try await gateway.records.workers(includingOffline: false)
            #expect(connected.map(\.address) == [here.description])
            let worker = try #require(connected.first)
            #expect(worker.state == .paused)
            #expect(worker.name == "rig")
            #expect(worker.session?.shareBPS == 7_500)
            #expect(
                worker.session?.models == [
                    .init(
                        id: "qwen3-8b",
                        slots: 4,
                        inFlight: 1,
                        contextWindow: 32_768,
                        features: ["logprobs", "tools"],
                        isHealthy: false,
                        health: "unhealthy",
                        reason: "out of memory"
                    )
                ]
            )

            let all = try await gateway.records.workers(includingOffline: true)
            #expect(all.map(\.address) == [gone, here].map(\.description).sorted())
            #expect(all.first { $0.address == gone.description }?.state == .offline)
            #expect(all.first { $0.address == gone.description }?.lastSeenAt == "2026-09-21T14:13:20.000Z")
        }
    }
}
