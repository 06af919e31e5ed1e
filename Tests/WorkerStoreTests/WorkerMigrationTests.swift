import Foundation
import SQLiteStore
import StoreTestSupport
import Testing

@testable import WorkerStore

/// Databases of every version that was ever in use, opened by today's code.
struct WorkerMigrationTests {
    private func released() throws -> [ReleasedDatabase] {
        try ReleasedDatabase.all(in: Bundle.module.bundleURL.appending(path: "Migrations"))
    }

    @Test func `every version has its database, and a migration comes with that of the version it leads to`() throws {
        #expect(try released().map(\.version) == Array(1...StoreSchema.worker.version))
    }

    @Test func `each becomes what a new database is, with its rows and totals`() async throws {
        for old in try released() {
            try await withTemporaryDirectory { directory in
                let fresh = try WorkerStore.open(in: directory)
                await fresh.shutDown()
                let path = directory + "/old.sqlite"
                try old.write(to: path)
                let before = try tables.map { try ReleasedDatabase.read(path, $0) }
                #expect(before.allSatisfy { !$0.isEmpty })

                let store = try WorkerStore(path: path, startedAt: 0, logger: .silent)
                let totals = try await store.history.totals()
                let earned = try await store.history.earnings(by: .network, limit: 9).rows.map(\.microUSDC)
                let pending = try await store.history.pendingReceipts(network: "main", limit: 10)
                let evidence = try await store.history.evidence(ofJob: "job_1001")
                await store.shutDown()

                #expect(totals == .released, "of version \(old.version)")
                #expect(earned == [120_000, 120_000])
                #expect(pending.map(\.jobID) == ["job_1005"])
                #expect(evidence?.state == .accepted)
                #expect(try tables.map { try ReleasedDatabase.read(path, $0) } == before)
                #expect(
                    try ReleasedDatabase.schema(of: path) == ReleasedDatabase.schema(of: directory + "/worker.sqlite")
                )
                #expect(try ReleasedDatabase.read(path, "PRAGMA integrity_check") == ["ok"])
                #expect(try ReleasedDatabase.read(path, "PRAGMA foreign_key_check") == [])
                #expect(try ReleasedDatabase.read(path, "PRAGMA auto_vacuum") == ["2"])
            }
        }
    }

    @Test func `one of an older version is named to who only reads, and not touched`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/worker.sqlite"
            try #require(try released().first).write(to: path)
            let before = FileManager.default.contents(atPath: path)
            let error = #expect(throws: StoreError.self) { try WorkerHistory(path: path) }
            #expect(error?.code == .olderVersion)
            #expect(error?.message.contains("start the daemon once") == true)
            #expect(FileManager.default.contents(atPath: path) == before)
        }
    }

    /// The columns that every version has had.
    private let tables = [
        """
        SELECT network || job_id || model || backend || request_id || status || coalesce(prompt_tokens, '-')
            || coalesce(credits, '-') || coalesce(micro_usdc, '-') || coalesce(expected_micro_usdc, '-')
            || accepted_at_ms || coalesce(settled_at_ms, '-') || coalesce(error_code, '-')
        FROM jobs ORDER BY 1
        """,
        """
        SELECT network || job_id || offer || envelope || coalesce(statement, '-') || state || coalesce(reason, '-')
        FROM receipts ORDER BY 1
        """,
        """
        SELECT network || sequence || job_id || amount_micro_usdc || tx_signature || slot || state || created_at_ms
        FROM payouts ORDER BY 1
        """,
    ]
}

extension WorkerTotals {
    /// What the rows of each released database come to.
    fileprivate static var released: WorkerTotals {
        var totals = WorkerTotals()
        (totals.settled, totals.failed, totals.unpaid, totals.cancelled, totals.finished) = (4, 1, 1, 1, 1)
        (totals.credits, totals.microUSDC, totals.pendingMicroUSDC, totals.paidMicroUSDC) = (
            32, 240_000, 60_000, 240_000
        )
        return totals
    }
}
