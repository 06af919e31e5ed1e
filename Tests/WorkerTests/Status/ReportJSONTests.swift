import Foundation
import Operations
import Testing
import WorkerStore

@testable import Worker

/// The names that other people's scripts depend on.
struct ReportJSONTests {
    private func members(of value: some Encodable) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: LocalJSON.encode(value))
        return try #require(object as? [String: Any])
    }

    private let status = WorkerStatus(
        version: "1",
        address: "a",
        payoutAddress: "a",
        name: "rig",
        state: .degraded,
        uptimeSeconds: 5,
        networks: [
            .init(
                name: "main",
                url: "http://127.0.0.1:7443",
                connected: false,
                sessionID: nil,
                since: "2026-06-15T14:22:00.000Z",
                lastError: nil,
                gateway: nil,
                shareBPS: nil,
                clockOffsetMs: 0
            )
        ],
        models: [
            .init(
                id: "tiny-chat",
                backend: "llama",
                upstreamModel: "tiny-chat",
                health: "healthy",
                slots: 2,
                inFlight: 1,
                contextWindow: 2048,
                features: [],
                reason: nil
            )
        ],
        jobs: .init(
            inFlight: 1,
            settled: 2,
            failed: 3,
            unpaid: 4,
            cancelled: 5,
            awaitingVerdict: 6,
            unpaidLastDay: 1,
            unpaidReason: "job_lost"
        ),
        earnings: .init(credits: 1, microUSDC: 2, pendingMicroUSDC: 3, paidMicroUSDC: 4),
        warnings: []
    )

    @Test func `the status has its names, and null where there is nothing`() throws {
        let object = try members(of: status)
        #expect(
            Set(object.keys).isSuperset(
                of: [
                    "version", "address", "name", "state", "uptime_seconds", "networks", "models", "jobs", "earnings",
                    "warnings",
                ]
            )
        )
        let network = try #require((object["networks"] as? [[String: Any]])?.first)
        for key in ["name", "url", "connected", "session_id", "since", "last_error"] { #expect(network[key] != nil) }
        #expect(network["last_error"] is NSNull)
        let model = try #require((object["models"] as? [[String: Any]])?.first)
        for key in ["id", "backend", "health", "slots", "in_flight", "reason"] { #expect(model[key] != nil) }
        let all = try #require(object["jobs"] as? [String: Any])
        #expect(all["unpaid_reason"] as? String == "job_lost")
        let jobs = all.compactMapValues { $0 as? Int }
        #expect(jobs["in_flight"] == 1 && jobs["settled"] == 2 && jobs["failed"] == 3 && jobs["unpaid"] == 4)
        let earnings = try #require(object["earnings"] as? [String: Int])
        #expect(earnings["credits"] == 1 && earnings["micro_usdc"] == 2 && earnings["pending_micro_usdc"] == 3)
    }

    @Test func `the command line reads what the daemon writes`() throws {
        #expect(try LocalJSON.decode(WorkerStatus.self, from: LocalJSON.encode(status)) == status)
    }

    @Test func `a member that an older daemon leaves out is null`() throws {
        let text = #"{"name":"n","url":"u","connected":true,"since":"s","clock_offset_ms":0}"#
        let network = try LocalJSON.decode(WorkerStatus.Network.self, from: Data(text.utf8))
        #expect(network.sessionID == nil)
    }

    @Test func `a payout has the names of its table`() throws {
        let payout = PayoutRecord(
            network: "g",
            sequence: 1,
            jobID: "job_1",
            amountMicroUSDC: 15_000,
            transaction: "t",
            slot: 9,
            state: .credited,
            createdAt: 0
        )
        let object = try members(of: PayoutReport(payout))
        #expect(object["amount_micro_usdc"] as? Int == 15_000)
        #expect(object["tx_signature"] as? String == "t")
        #expect(object["created_at"] as? String == "1970-01-01T00:00:00.000Z")
        #expect(object["note"] is NSNull)
    }
}
