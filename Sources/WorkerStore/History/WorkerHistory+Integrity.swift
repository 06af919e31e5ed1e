import GRDB
package import SQLiteStore

extension WorkerHistory {
    /// What SQLite finds wrong with the file's structure: ten sentences at most, none if it is whole.
    ///
    /// Reads every page. Source: SQLite, "PRAGMA quick_check".
    ///
    /// - Throws: ``StoreError``; `damaged` if it cannot even be walked.
    package func integrityProblems() async throws(StoreError) -> [String] {
        try await read { database in
            let lines = try String.fetchAll(database, sql: "PRAGMA quick_check(10)")
            return lines == ["ok"] ? [] : lines
        }
    }
}
