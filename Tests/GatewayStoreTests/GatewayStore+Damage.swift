import Foundation
import GRDB
import SQLiteStore

@testable import GatewayStore

extension GatewayStore {
    /// Lets the database grow to `pages` and no further; 0 stands for its present size.
    ///
    /// - Returns: The number of pages that it has.
    @discardableResult
    func limitPages(to pages: Int) async throws -> Int {
        try await pool.writeWithoutTransaction { database in
            let count = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages == 0 ? count : pages)")
            return count
        }
    }

    func execute(_ sql: String) async throws {
        try await pool.writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    /// Copies file and log as a crash in the middle of a commit leaves them: the log ends with half a frame.
    func copyAsAfterCrash(to path: String, tornBytes: [UInt8]) async throws {
        let source = pool.path
        try await group.commit { _ in
            // No other commit and no checkpoint can run beside this one.
            try FileManager.default.copyItem(atPath: source, toPath: path)
            var log = try Data(contentsOf: URL(fileURLWithPath: source + "-wal"))
            log.append(contentsOf: tornBytes)
            try log.write(to: URL(fileURLWithPath: path + "-wal"))
        }
    }
}
