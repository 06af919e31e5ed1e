import GatewayStore
import Operations
import Signing
import Testing

@testable import Gateway

/// What holds for every way of administering a gateway.
struct GatewayAdministrationTests {
    private let wallet = Identity.generate().address

    /// Expects an operation to fail, and an operator to read exactly these words.
    private func expectComplaint(
        _ words: String,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ operation: () async throws -> Void
    ) async {
        do {
            try await operation()
            Issue.record("nothing was refused", sourceLocation: sourceLocation)
        } catch {
            #expect(CommandError(gateway: error).message == words, sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: AdminHarness.Way.allCases)
    func `an account is opened once, and the second time says so`(_ way: AdminHarness.Way) async throws {
        try await AdminHarness.run(way) { gateway in
            let first = try await gateway.administration.createAccount(wallet)
            #expect(first.isNew)
            #expect(first.account.wallet == wallet.description)
            #expect(first.account.createdAt == "2026-09-21T14:13:20.000Z")
            gateway.clock.advance(by: .seconds(1))
            let second = try await gateway.administration.createAccount(wallet)
            #expect(!second.isNew)
            #expect(second.account == first.account)
        }
    }

    @Test(arguments: AdminHarness.Way.allCases)
    func `granted credits can be spent and are in the ledger with their reason`(_ way: AdminHarness.Way) async throws {
        try await AdminHarness.run(way) { gateway in
            _ = try await gateway.administration.createAccount(wallet)
            _ = try await gateway.administration.grant(40, to: wallet, reference: "a present")
            let grant = try await gateway.administration.grant(2, to: wallet, reference: nil)
            #expect(grant.creditsGranted == 2)
            #expect(grant.creditsAvailable == 42)
            #expect(gateway.store.ledger.balance(of: wallet).available == 42)
            let credits = try await gateway.records.account(wallet).credits
            #expect(credits == .init(available: 42, granted: 42, deposited: 0, locked: 0, spent: 0))
        }
    }

    @Test(arguments: AdminHarness.Way.allCases)
    func `a wallet without an account gets neither credits nor keys`(_ way: AdminHarness.Way) async throws {
        try await AdminHarness.run(way) { gateway in
            let words = "\(wallet) has no account"
            await expectComplaint(words) {
                _ = try await gateway.administration.grant(5, to: wallet, reference: nil)
            }
            await expectComplaint(words) {
                _ = try await gateway.administration.createKey(.live, name: "", for: wallet)
            }
            await expectComplaint(words) { _ = try await gateway.records.account(wallet) }
            await expectComplaint(words) { _ = try await gateway.records.keys(of: wallet) }
            let report = try await gateway.records.verifyLedger()
            #expect(report.entryCount == 0)
        }
    }

    @Test(arguments: AdminHarness.Way.allCases, [0, -1, 1_000_000_001, Int.max])
    func `a grant out of range is refused`(_ way: AdminHarness.Way, credits: Int) async throws {
        try await AdminHarness.run(way) { gateway in
            _ = try await gateway.administration.createAccount(wallet)
            await expectComplaint("a grant is of 1 to 1000000000 credits") {
                _ = try await gateway.administration.grant(credits, to: wallet, reference: nil)
            }
            let account = try await gateway.records.account(wallet)
            #expect(account.credits.available == 0)
        }
    }

    @Test(arguments: AdminHarness.Way.allCases, [APIKey.Kind.live, .test])
    func `a key works, is listed without itself, and ends when it is revoked`(
        _ way: AdminHarness.Way,
        kind: APIKey.Kind
    ) async throws {
        try await AdminHarness.run(way) { gateway in
            _ = try await gateway.administration.createAccount(wallet)
            let created = try await gateway.administration.createKey(kind, name: "ci, \"quoted\"", for: wallet)
            #expect(created.key.hasPrefix("dcntrl_\(kind.rawValue)_"))
            #expect(!"\(created)".contains(created.key))
            let known = try #require(gateway.store.keys.find(created.key))
            #expect(known.wallet == wallet)
            #expect(known.fault(at: gateway.clock.clock.nowMilliseconds) == nil)
            #expect(try await gateway.records.keys(of: wallet) == [created.details])

            gateway.clock.advance(by: .seconds(5))
            let revoked = try await gateway.administration.revokeKey(created.details.id)
            #expect(revoked.revokedAt == "2026-09-21T14:13:25.000Z")
            gateway.clock.advance(by: .seconds(5))
            #expect(try await gateway.administration.revokeKey(created.details.id) == revoked)
            #expect(gateway.store.keys.find(created.key)?.fault(at: 0) == .revoked)
            #expect(try await gateway.records.keys(of: wallet) == [revoked])
        }
    }

    @Test(arguments: AdminHarness.Way.allCases, ["key_none", "../accounts", "a b?c=d#e%", "ключ"])
    func `a key that does not exist cannot be revoked`(_ way: AdminHarness.Way, id: String) async throws {
        try await AdminHarness.run(way) { gateway in
            await expectComplaint("there is no such key") {
                _ = try await gateway.administration.revokeKey(id)
            }
        }
    }

    @Test(arguments: AdminHarness.Way.allCases)
    func `names and references are bounded`(_ way: AdminHarness.Way) async throws {
        try await AdminHarness.run(way) { gateway in
            _ = try await gateway.administration.createAccount(wallet)
            let long = String(repeating: "x", count: AdminLimits.textBytes + 1)
            await expectComplaint("the name of a key has at most 128 bytes") {
                _ = try await gateway.administration.createKey(.live, name: long, for: wallet)
            }
            await expectComplaint("the reference of a grant has at most 128 bytes") {
                _ = try await gateway.administration.grant(1, to: wallet, reference: long)
            }
        }
    }
}
