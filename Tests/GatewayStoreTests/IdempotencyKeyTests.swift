import GRDB
import InferenceAPI
import SQLiteStore
import Signing
import Testing

@testable import GatewayStore

/// Idempotency keys in the ledger: with the lock, or not at all.
struct IdempotencyKeyTests {
    private let key = IdempotencyKey(sha256: Digest.sha256([1]), requestSHA256: Digest.sha256([2]))

    private func job(_ number: Int, _ fixture: GatewayFixture, at milliseconds: Int64 = 1_000) -> NewJob {
        var job = fixture.job(number)
        job.idempotencyKey = key
        job.createdAt = milliseconds
        return job
    }

    private func found(
        _ store: GatewayStore,
        _ fixture: GatewayFixture,
        at milliseconds: Int64 = 1_000
    ) async throws -> KeyedJob? {
        try await store.ledger.job(withKey: key.sha256, of: fixture.wallet, at: milliseconds)
    }

    @Test func `a settled job keeps its key for a day, also across a restart, and nobody locks with it meanwhile`()
        async throws
    {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.ledger.grant(100, to: fixture.wallet, at: 0)
            #expect(try await found(store, fixture) == nil)
            _ = try store.ledger.lock(job(1, fixture))
            let expected = KeyedJob(jobID: GatewayFixture.jobID(1), requestSHA256: key.requestSHA256)
            #expect(try await found(store, fixture) == expected)
            let refusal = #expect(throws: LedgerError.self) { try store.ledger.lock(job(2, fixture)) }
            #expect(refusal?.code == .idempotencyKeyUsed(expected.jobID))
            #expect(store.ledger.balance(of: fixture.wallet).locked == 10)
            _ = try await store.ledger.settle(fixture.settlement(of: 1))
            #expect(try await found(store, fixture) == expected)
            let other = try await store.ledger.job(withKey: key.sha256, of: fixture.otherWallet, at: 1_000)
            #expect(other == nil, "another wallet's key is another key")
            await store.shutDown()

            let second = try await fixture.open()
            #expect(try await found(second, fixture) == expected)
            #expect(try await found(second, fixture, at: 999 + IdempotencyKey.life) == expected)
            #expect(try await found(second, fixture, at: 1_000 + IdempotencyKey.life) == nil)
            // The key is used again before anybody has purged it.
            _ = try second.ledger.lock(job(3, fixture, at: 1_000 + IdempotencyKey.life))
            try await second.ledger.flush()
            #expect(try await found(second, fixture)?.jobID == GatewayFixture.jobID(3))
            await second.shutDown()
            #expect(try await fixture.audit().findings == [])
        }
    }

    @Test func `a refund frees the key at once and on disk`() async throws {
        try await withFundedStore { fixture, store in
            _ = try store.ledger.lock(job(1, fixture))
            try await store.ledger.flush()
            try store.ledger.decideRefund(fixture.refund(of: 1))
            #expect(try await found(store, fixture) == nil)
            try await store.ledger.flush()
            #expect(try await found(store, fixture) == nil)
            _ = try store.ledger.lock(job(2, fixture))
            #expect(try await found(store, fixture)?.jobID == GatewayFixture.jobID(2))
            _ = try await store.ledger.settle(fixture.settlement(of: 2))
            try store.ledger.decideRefund(fixture.refund(of: 2))
            #expect(try await found(store, fixture)?.jobID == GatewayFixture.jobID(2), "a settled job is not refunded")
        }
    }

    @Test func `a crash keeps the lock with its key, and the refund at the start frees both`() async throws {
        try await withFundedStore { fixture, store in
            _ = try store.ledger.lock(job(1, fixture))
            try await store.ledger.flush()
            let path = fixture.directory + "/crash.sqlite"
            try await store.copyAsAfterCrash(to: path, tornBytes: [1, 2, 3])
            let revived = try await fixture.open(path: path)
            #expect(revived.ledger.balance(of: fixture.wallet) == CreditBalance(granted: 100))
            #expect(try await found(revived, fixture) == nil)
            await revived.shutDown()
            #expect(try await fixture.audit(path: path).findings == [])
        }
    }

    @Test func `a refused lock keeps no key`() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.ledger.grant(9, to: fixture.wallet, at: 0)
            #expect(throws: LedgerError.self) { try store.ledger.lock(job(1, fixture)) }
            #expect(try await found(store, fixture) == nil)
            _ = try await store.ledger.grant(1, to: fixture.wallet, at: 0)
            _ = try store.ledger.lock(job(1, fixture))
            await store.shutDown()
        }
    }

    @Test func `keys of long ago are dropped with new ones, a hundred at a time`() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.ledger.grant(10_000, to: fixture.wallet, at: 0)
            func lock(_ number: Int, at milliseconds: Int64) throws {
                var job = fixture.job(number)
                job.idempotencyKey = IdempotencyKey(
                    sha256: Digest.sha256(Array("\(number)".utf8)),
                    requestSHA256: key.requestSHA256
                )
                job.createdAt = milliseconds
                _ = try store.ledger.lock(job)
            }
            for number in 1...150 { try lock(number, at: 1) }
            for number in 1...150 { _ = try await store.ledger.settle(fixture.settlement(of: number)) }
            func count() async throws -> Int? {
                try await store.pool.read { try $0.row("SELECT count(*) AS n FROM idempotency_keys")?["n"] }
            }
            #expect(try await count() == 150)
            try lock(151, at: 1 + IdempotencyKey.life)
            try await store.ledger.flush()
            #expect(try await count() == 51)
            try lock(152, at: 1 + IdempotencyKey.life)
            try await store.ledger.flush()
            #expect(try await count() == 2)
            await store.shutDown()
        }
    }

    @Test(arguments: [
        "UPDATE idempotency_keys SET wallet = 'me'",
        "UPDATE jobs SET status = 'failed' WHERE job_id IN (SELECT job_id FROM idempotency_keys)",
    ])
    func `an audit finds a key that belongs to no job of its wallet, or to one that was refunded`(
        sql: String
    ) async throws {
        try await withFundedStore { fixture, store in
            _ = try store.ledger.lock(job(1, fixture))
            _ = try await store.ledger.settle(fixture.settlement(of: 1))
            #expect(try await fixture.audit().findings == [])
            try await store.execute(sql)
            let findings = try await fixture.audit().findings
            #expect(findings.contains { $0.message.contains("idempotency key belongs to \(GatewayFixture.jobID(1))") })
        }
    }
}
