import Foundation
import Logging
import SQLiteStore
import Signing
import StoreTestSupport
import Testing

@testable import GatewayStore

/// Databases of every version that was ever in use, opened by today's code.
struct GatewayMigrationTests {
    private func released() throws -> [ReleasedDatabase] {
        try ReleasedDatabase.all(in: Bundle.module.bundleURL.appending(path: "Migrations"))
    }

    @Test func `every version has its database, and a migration comes with that of the version it leads to`() throws {
        #expect(try released().map(\.version) == Array(1...StoreSchema.gateway.version))
    }

    @Test func `each becomes what a new database is, with its rows, its ledger and its balances`() async throws {
        for old in try released() {
            try await withFixture { fixture in
                await (try await fixture.open()).shutDown()
                let path = fixture.directory + "/old.sqlite"
                try old.write(to: path)
                let before = try tables.map { try ReleasedDatabase.read(path, $0) }
                #expect(before.allSatisfy { !$0.isEmpty })

                let identity = try Identity(seed: Array(0..<32))
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let store = try await GatewayStore(
                    path: path,
                    identity: identity,
                    startedAt: 99,
                    logger: logger,
                    webhookBody: GatewayFixture.body
                )
                let wallets = try [Self.wallet, Self.otherWallet].map { try Address(base58: $0) }
                let balances = wallets.map { store.ledger.balance(of: $0) }
                let keys = store.keys.list(wallet: wallets.first)
                await store.shutDown()

                #expect(balances.map(\.available) == [982, 50], "of version \(old.version)")
                #expect(balances.map(\.spent) == [18, 0])
                #expect(balances.map(\.locked) == [0, 0], "what was open is refunded")
                #expect(keys.map(\.name) == ["laptop"])
                #expect(try tables.map { try ReleasedDatabase.read(path, $0) } == before)
                #expect(try ReleasedDatabase.schema(of: path) == ReleasedDatabase.schema(of: fixture.path))
                #expect(try ReleasedDatabase.read(path, "PRAGMA integrity_check") == ["ok"])
                #expect(try ReleasedDatabase.read(path, "PRAGMA foreign_key_check") == [])
                let audit = try await LedgerAudit.verify(GatewayHistory(path: path), signer: identity.address)
                #expect(audit.findings == [])
            }
        }
    }

    private static let wallet = "BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ"
    private static let otherWallet = "5jbbY55XjQ5YwWtm5i3CiKjY8ZPFBxaoFvX6WWvvYxCh"

    /// The columns that every version has had, of what never changes.
    private let tables = [
        "SELECT wallet || created_at_ms || spent_credits FROM accounts ORDER BY 1",
        "SELECT key_id || wallet || sha256 || name || kind FROM api_keys ORDER BY 1",
        "SELECT sequence || kind || wallet || payload || signature || digest FROM ledger_entries WHERE sequence <= 11",
        "SELECT job_id || worker || verdict || coalesce(statement, '-') || coalesce(reason, '-') FROM receipts ORDER BY 1",
        "SELECT worker || sequence || job_id || amount_micro_usdc || tx_signature || state FROM payouts ORDER BY 1",
    ]
}
