import GRDB
import SQLiteStore
import Signing
import Testing

@testable import GatewayStore

struct LedgerAuditTests {
    /// A ledger with a grant, a settled, a refunded and a cancelled job, and an open one.
    private func withLedger(_ body: (GatewayFixture, GatewayStore) async throws -> Void) async throws {
        try await withFundedStore { fixture, store in
            for number in 1...4 { _ = try store.ledger.lock(fixture.job(number)) }
            store.ledger.accepted(fixture.acceptance(of: 1))
            _ = try await store.ledger.settle(fixture.settlement(of: 1))
            try await store.ledger.refund(fixture.refund(of: 2))
            try await store.ledger.refund(fixture.refund(of: 3, status: .cancelled, code: "caller_gone"))
            try await body(fixture, store)
        }
    }

    /// As somebody with the file would: no trigger, check or reference in the way.
    private func tamper(_ store: GatewayStore, _ sql: String) async throws {
        try await store.execute(
            """
            PRAGMA foreign_keys = OFF;
            PRAGMA ignore_check_constraints = ON;
            DROP TRIGGER ledger_entries_stay; DROP TRIGGER ledger_entries_remain;
            DROP TRIGGER postings_stay; DROP TRIGGER postings_remain;
            """
        )
        let changed = try await store.pool.writeWithoutTransaction { database in
            try database.execute(sql: sql)
            return database.changesCount
        }
        #expect(changed > 0, "nothing was tampered with")
    }

    @Test func `an honest ledger has no findings`() async throws {
        try await withLedger { fixture, _ in
            let audit = try await fixture.audit()
            #expect(audit.findings == [])
            #expect(audit.entryCount == 8)
        }
    }

    @Test func `another gateway's key finds a fault in every entry`() async throws {
        try await withLedger { fixture, _ in
            let other = Identity.generate().address
            let audit = try await LedgerAudit.verify(GatewayHistory(path: fixture.path), signer: other)
            #expect(Set(audit.findings.compactMap(\.sequence)) == Set(1...8))
        }
    }

    @Test func `the ledger refuses to be changed`() async throws {
        try await withLedger { _, store in
            for sql in [
                "UPDATE ledger_entries SET wallet = 'x'", "DELETE FROM ledger_entries WHERE sequence = 8",
                "UPDATE postings SET amount_micro_usdc = 1", "DELETE FROM postings",
            ] {
                await #expect(throws: DatabaseError.self) { try await store.execute(sql) }
            }
        }
    }

    @Test(arguments: [
        "UPDATE ledger_entries SET payload = replace(payload, '\"credits\":100', '\"credits\":900') WHERE sequence = 1",
        "UPDATE ledger_entries SET payload = '{}' WHERE sequence = 3",
        "UPDATE ledger_entries SET kind = 'refund' WHERE sequence = 6",
        "UPDATE ledger_entries SET job_id = NULL WHERE sequence = 6",
        "UPDATE ledger_entries SET wallet = 'x' WHERE sequence = 6",
        "UPDATE ledger_entries SET at_ms = at_ms + 1 WHERE sequence = 6",
        "UPDATE ledger_entries SET digest = previous WHERE sequence = 4",
        "UPDATE ledger_entries SET previous = digest WHERE sequence = 4",
        "UPDATE ledger_entries SET signature = (SELECT signature FROM ledger_entries WHERE sequence = 1) WHERE sequence = 2",
        "UPDATE ledger_entries SET signature = 'x' WHERE sequence = 2",
        "UPDATE ledger_entries SET sequence = 99 WHERE sequence = 8",
        "DELETE FROM ledger_entries WHERE sequence = 4",
        "DELETE FROM ledger_entries WHERE sequence = 8",
    ])
    func `a change of the chain is found`(sql: String) async throws {
        try await withLedger { fixture, store in
            try await tamper(store, sql)
            #expect(try await !fixture.audit().isClean)
        }
    }

    @Test(arguments: [
        "UPDATE postings SET amount_micro_usdc = amount_micro_usdc + 1 WHERE sequence = 1 AND account = 'issue'",
        "UPDATE postings SET amount_micro_usdc = amount_micro_usdc * 2 WHERE sequence = 1",
        "UPDATE postings SET account = 'earned:me' WHERE account = 'treasury'",
        "DELETE FROM postings WHERE sequence = 6",
        "INSERT INTO postings VALUES (6, 'earned:me', 10)",
        "INSERT INTO postings VALUES (77, 'earned:me', 10)",
        "UPDATE accounts SET granted_credits = granted_credits + 1",
        "UPDATE accounts SET spent_credits = 0",
        "DELETE FROM accounts",
        "INSERT INTO accounts (wallet, created_at_ms, deposited_credits) VALUES ('me', 0, 5)",
        "UPDATE locks SET granted_credits = granted_credits - 1, deposited_credits = 1 WHERE lock_sequence = 2",
        "UPDATE locks SET state = 'refunded' WHERE lock_sequence = 2",
        "UPDATE locks SET state = 'refunded', end_sequence = 1 WHERE lock_sequence = 5",
        "UPDATE locks SET state = 'locked', end_sequence = NULL WHERE lock_sequence = 2",
        "UPDATE locks SET end_sequence = 5 WHERE lock_sequence = 2",
        "UPDATE locks SET wallet = 'x' WHERE lock_sequence = 2",
        "DELETE FROM locks WHERE lock_sequence = 2",
        "UPDATE payouts SET amount_micro_usdc = amount_micro_usdc + 1",
        "UPDATE payouts SET payout_address = 'me'",
        "UPDATE payouts SET worker = 'me'",
        "UPDATE payouts SET sequence = 2",
        "UPDATE payouts SET tx_signature = 'x'",
        "DELETE FROM payouts",
        "UPDATE workers SET payout_sequence = 0",
        "DELETE FROM workers",
    ])
    func `a change of what is owed is found`(sql: String) async throws {
        try await withLedger { fixture, store in
            try await tamper(store, sql)
            #expect(try await !fixture.audit().isClean)
        }
    }

    @Test(arguments: [
        "UPDATE jobs SET credits_charged = 7 WHERE status = 'settled'",
        "UPDATE jobs SET credits_refunded = 3 WHERE status = 'settled'",
        "UPDATE jobs SET worker_micro_usdc = 80000, treasury_micro_usdc = 0 WHERE status = 'settled'",
        "UPDATE jobs SET share_bps = 8500 WHERE status = 'settled'",
        "UPDATE jobs SET completion_tokens = 4000 WHERE status = 'settled'",
        "UPDATE jobs SET credits_per_request = 9 WHERE status = 'settled'",
        "UPDATE jobs SET worker = 'me' WHERE status = 'settled'",
        "UPDATE jobs SET proof_hash = NULL WHERE status = 'settled'",
        "UPDATE jobs SET settlement_tx = escrow_tx WHERE status = 'settled'",
        "UPDATE jobs SET slot = 1 WHERE status = 'settled'",
        "UPDATE jobs SET status = 'refunded' WHERE status = 'settled'",
        "UPDATE jobs SET status = 'settled' WHERE status = 'refunded'",
        "UPDATE jobs SET credits_refunded = 9 WHERE status = 'refunded'",
        "UPDATE jobs SET error_code = 'x' WHERE status = 'cancelled'",
        "UPDATE jobs SET status = 'failed' WHERE status = 'pending'",
        "UPDATE jobs SET credits_locked = 11 WHERE status = 'pending'",
        "UPDATE jobs SET wallet = 'x' WHERE status = 'pending'",
        "UPDATE jobs SET escrow_tx = 'x' WHERE status = 'pending'",
        "DELETE FROM jobs WHERE status = 'pending'",
        "UPDATE receipts SET envelope = replace(envelope, 'payload\":\"e', 'payload\":\"f')",
        "UPDATE receipts SET statement = envelope",
        "UPDATE receipts SET worker = 'me'",
        "DELETE FROM receipts",
    ])
    func `a change of a job or its evidence is found`(sql: String) async throws {
        try await withLedger { fixture, store in
            try await tamper(store, sql)
            #expect(try await !fixture.audit().isClean)
        }
    }

    @Test func `a finding names its entry and says what was expected`() async throws {
        try await withLedger { fixture, store in
            try await tamper(store, "UPDATE payouts SET amount_micro_usdc = 1")
            let findings = try await fixture.audit().findings
            #expect(findings.map(\.description) == ["entry 6: the payout's amount is 1, expected 60000"])
        }
    }
}
