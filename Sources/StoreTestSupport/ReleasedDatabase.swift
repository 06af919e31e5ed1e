package import Foundation
import GRDB

/// The database of a version that is in use, as SQL text: its schema as that version made it, and rows of every kind.
///
/// The text is what `sqlite3 FILE .dump` printed, with `application_id` and `user_version`; it is never changed, because
/// the databases out there are not either. Whoever adds a migration adds the text of the version that it leads to.
package struct ReleasedDatabase: Sendable {
    package let version: Int
    private let sql: String

    /// The versions in a folder of files `v1.sql`, `v2.sql` and so on, the oldest first.
    package static func all(in folder: URL) throws -> [ReleasedDatabase] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "sql" }.map { file in
            guard let version = Int(file.deletingPathExtension().lastPathComponent.dropFirst()) else {
                throw CocoaError(.fileReadInvalidFileName, userInfo: [NSFilePathErrorKey: file.path])
            }
            return ReleasedDatabase(version: version, sql: try String(contentsOf: file, encoding: .utf8))
        }.sorted { $0.version < $1.version }
    }

    /// Makes a file of it, in the mode that the daemons write.
    package func write(to path: String) throws {
        var configuration = Configuration()
        // The rows stand in the order of the tables, not in that of their references.
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { database in
            try database.execute(sql: sql)
            try database.execute(sql: "PRAGMA journal_mode = WAL")
        }
        try queue.close()
    }

    /// Every table, index and trigger of a database, with the text that made it.
    package static func schema(of path: String) throws -> [String] {
        try read(path, "SELECT type || ' ' || name || ': ' || coalesce(sql, 'automatic') FROM sqlite_schema ORDER BY 1")
    }

    /// The first column of a query, as text.
    package static func read(_ path: String, _ query: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try String.fetchAll($0, sql: query) }
    }
}
