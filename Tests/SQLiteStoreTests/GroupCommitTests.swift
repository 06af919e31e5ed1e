import GRDB
import Logging
import SQLiteStore
import Synchronization
import Testing

struct GroupCommitTests {
    /// A pool and its group commit in a directory that goes away.
    private func withGroup(_ body: (DatabasePool, GroupCommit) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let pool = try StoreFile.open(path: directory + "/notes.sqlite", schema: .first)
            try await body(pool, GroupCommit(pool, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
            StoreFile.close(pool)
        }
    }

    private func texts(_ pool: DatabasePool) async throws -> [String] {
        try await pool.read { try String.fetchAll($0, sql: "SELECT text FROM notes ORDER BY id") }
    }

    @Test func `a commit returns its value once the row can be read by others`() async throws {
        try await withGroup { pool, group in
            let id = try await group.commit { database in
                try database.run("INSERT INTO notes (text) VALUES ('a')")
                return database.lastInsertedRowID
            }
            #expect(id == 1)
            #expect(try await texts(pool) == ["a"])
        }
    }

    @Test func `writes enqueued while the writer is busy share one transaction, in their order`() async throws {
        try await withGroup { pool, group in
            let transactions = TransactionCounter()
            pool.add(transactionObserver: transactions, extent: .databaseLifetime)
            // The queue is held until all 100 are enqueued.
            try await pool.writeWithoutTransaction { _ in
                for index in 0..<100 {
                    group.enqueue { try $0.run("INSERT INTO notes (text) VALUES (?)", ["\(index)"]) }
                }
            }
            try await group.flush()
            #expect(try await texts(pool) == (0..<100).map(String.init))
            #expect(transactions.count <= 2, "the hundred, and perhaps the flush")
        }
    }

    @Test func `a write that fails is undone alone and only its caller hears`() async throws {
        try await withGroup { pool, group in
            let outcomes = Mutex<[Bool]>([])
            try await pool.writeWithoutTransaction { _ in
                for text in ["one", nil, "three"] as [String?] {
                    group.enqueue(
                        { database in
                            try database.run("INSERT INTO notes (text) VALUES ('first of ' || ?)", [text ?? "two"])
                            try database.run("INSERT INTO notes (text) VALUES (?)", [text])
                        },
                        completion: { outcome in
                            outcomes.withLock { $0.append((try? outcome.get()) != nil) }
                        }
                    )
                }
            }
            try await group.flush()
            #expect(outcomes.withLock { $0 } == [true, false, true])
            #expect(try await texts(pool) == ["first of one", "one", "first of three", "three"])
        }
    }

    @Test func `a full disk fails the whole commit, and the next one works`() async throws {
        try await withGroup { pool, group in
            let pages = try await pool.writeWithoutTransaction { database in
                let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                try database.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
                return pages
            }
            let outcomes = Mutex<[StoreError.Code?]>([])
            try await pool.writeWithoutTransaction { _ in
                for size in [10, 100_000, 10] {
                    group.enqueue(
                        { try $0.run("INSERT INTO notes (text) VALUES (hex(zeroblob(?)))", [size]) },
                        completion: { outcome in
                            var code: StoreError.Code?
                            if case .failure(let error) = outcome { code = (error as? StoreError)?.code }
                            outcomes.withLock { $0.append(code) }
                        }
                    )
                }
            }
            let error = await #expect(throws: StoreError.self) {
                try await group.commit { try $0.run("INSERT INTO notes (text) VALUES (hex(zeroblob(100000)))") }
            }
            #expect(error?.code == .diskFull)
            #expect(outcomes.withLock { $0 } == [.diskFull, .diskFull, .diskFull])
            #expect(try await texts(pool).isEmpty)

            try await pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA max_page_count = \(pages + 1_000)")
            }
            try await group.commit { try $0.run("INSERT INTO notes (text) VALUES ('room again')") }
            #expect(try await texts(pool) == ["room again"])
        }
    }

    @Test func `shutting down finishes what waits and refuses what comes after`() async throws {
        try await withGroup { pool, group in
            for index in 0..<10 {
                group.enqueue { try $0.run("INSERT INTO notes (text) VALUES (?)", ["\(index)"]) }
            }
            await group.shutDown()
            let stored = try await texts(pool)
            #expect(stored.count == 10)
            let error = await #expect(throws: StoreError.self) { try await group.flush() }
            #expect(error?.code == .closed)
            await group.shutDown()
        }
    }

    @Test func `thousands of callers are all answered`() async throws {
        try await withGroup { pool, group in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for index in 0..<5_000 {
                    tasks.addTask {
                        try await group.commit { try $0.run("INSERT INTO notes (text) VALUES (?)", ["\(index)"]) }
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(try await texts(pool).count == 5_000)
            #expect(group.waitingCount == 0)
        }
    }
}

/// Counts the commits that changed a table.
private final class TransactionCounter: TransactionObserver, Sendable {
    private let commits = Mutex(0)
    var count: Int { commits.withLock { $0 } }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) { commits.withLock { $0 += 1 } }
    func databaseDidRollback(_ db: Database) {}
}
