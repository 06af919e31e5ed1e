import Foundation
package import GRDB
import GRDBSQLite

/// Opens the database of a daemon.
///
/// Write-ahead log with full sync, so that what was committed survives the loss of power and readers never wait for
/// the writer. The log and its index stay beside the file when the daemon is down (persistent WAL), so that somebody
/// who may read the directory but not write it can still read the database.
package enum StoreFile {
    /// Mode of a new database: the owner writes, the group reads.
    ///
    /// SQLite gives the log and its index the same.
    static let fileMode: mode_t = 0o640
    /// How long a statement waits for a lock that another process holds, in seconds.
    static let busyTimeout: Double = 5
    /// The log is cut back to this after a checkpoint, in bytes.
    static let journalSizeLimit = 16 << 20
    /// A file up to this size is checked when it is opened, in bytes.
    ///
    /// The check reads every page, about a second for each gigabyte, and a daemon that has run for years must start.
    static let checkedSizeLimit = 256 << 20

    /// Opens a database for its one daemon, after making or migrating it.
    ///
    /// The caller holds the state directory's lock. A file that is refused is not altered.
    ///
    /// - Returns: One writer and up to four readers.
    /// - Throws: ``StoreError``: `newerVersion`, `wrongDatabase`, `damaged`, `permission`, `diskFull`, `inputOutput`.
    package static func open(path: String, schema: StoreSchema) throws(StoreError) -> DatabasePool {
        try create(path)
        try inspect(path, schema: schema)
        do {
            var configuration = configuration(givesBackPages: schema.givesBackPages)
            configuration.label = "sqlite"
            configuration.maximumReaderCount = 4
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { database in
                // After the pool has set up the log, which lowers this to NORMAL: a commit would then survive a
                // crash of the daemon, but not of the machine.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try migrate(database, to: schema)
                if schema.givesBackPages { try prepareToGiveBackPages(database, path: path) }
            }
            return pool
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Moves what the log holds into the file and closes it; the log stays, empty.
    package static func close(_ pool: DatabasePool) {
        // A reader of another process may keep the checkpoint from finishing: the next opening continues it.
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try? pool.close()
    }

    /// Gives pages that nothing uses any more back to the file system, at most `count`.
    ///
    /// For databases whose schema says that they give back; in others it does nothing. The caller is outside any
    /// transaction.
    package static func giveBackPages(_ count: Int, in database: Database) throws {
        try database.execute(sql: "PRAGMA incremental_vacuum(\(count))")
    }

    /// Writes a file of an older version anew, once: only an empty database can begin to keep track of its free pages.
    private static func prepareToGiveBackPages(_ database: Database, path: String) throws {
        guard try Int.fetchOne(database, sql: "PRAGMA auto_vacuum") == 0, size(path) <= checkedSizeLimit else { return }
        do {
            try database.execute(sql: "VACUUM")
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            // It needs as much room again. Until there is, free pages serve new rows, and the next start tries again.
        }
    }

    /// Makes an empty file with our mode, if there is none.
    private static func create(_ path: String) throws(StoreError) {
        // Exclusive, because opening and closing a file that exists would drop the locks that a connection of this
        // process holds on it (https://www.sqlite.org/howtocorrupt.html, "POSIX advisory locks").
        let descriptor = Foundation.open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, fileMode)
        guard descriptor >= 0 else {
            switch errno {
            case EEXIST: return
            case ENOSPC, EDQUOT: throw StoreError(.diskFull, "\(path): the disk is full; free some space")
            case EROFS: throw StoreError(.permission, StoreError.readOnlyMessage(path))
            case let code:
                throw StoreError(
                    .permission,
                    "\(path): cannot be created: \(String(cString: strerror(code))); make the directory, or let this "
                        + "user write to it"
                )
            }
        }
        defer { Foundation.close(descriptor) }
        // The process's umask may have taken more than it should.
        fchmod(descriptor, fileMode)
    }

    /// Looks at a file through a connection that cannot write, so that one that is refused stays as it is.
    private static func inspect(_ path: String, schema: StoreSchema) throws(StoreError) {
        try checkKind(of: path)
        guard size(path) > 0 else { return }
        do {
            var configuration = configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            try queue.read { database in
                try check(database, path: path, schema: schema)
                if size(path) <= checkedSizeLimit { try quickCheck(database, path: path) }
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Refuses what is no file: a directory, say, that somebody made under the database's name.
    static func checkKind(of path: String) throws(StoreError) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { return }
        let kind = status.st_mode & S_IFMT == S_IFDIR ? "a directory" : "not a file"
        throw StoreError(
            .wrongDatabase,
            "\(path): is \(kind); a database belongs here: move it away, or fix state_directory in the configuration"
        )
    }

    /// Refuses a database that is not `schema`'s, or newer than it.
    static func check(_ database: Database, path: String, schema: StoreSchema) throws {
        let applicationID = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try version(of: database)
        let isEmpty = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_schema") == 0
        // A crash between the creation and the first migration leaves an empty database.
        guard applicationID == schema.applicationID || (applicationID == 0 && version == 0 && isEmpty) else {
            throw StoreError(
                .wrongDatabase,
                "\(path): is not \(schema.name); it was not touched: move it away, or fix state_directory in the "
                    + "configuration"
            )
        }
        guard version <= schema.version else {
            throw StoreError(
                .newerVersion,
                "\(path): has version \(version), and this software knows \(schema.version); it was not touched: "
                    + "install the newer version again"
            )
        }
    }

    private static func quickCheck(_ database: Database, path: String) throws {
        let answer = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
        guard answer == "ok" else { throw StoreError.damaged(path, answer) }
    }

    private static func migrate(_ database: Database, to schema: StoreSchema) throws {
        let version = try version(of: database)
        for (index, migration) in schema.migrations.enumerated().dropFirst(version) {
            try database.inTransaction(.immediate) {
                try database.execute(sql: migration.sql)
                try database.execute(sql: "PRAGMA application_id = \(schema.applicationID)")
                try database.execute(sql: "PRAGMA user_version = \(index + 1)")
                return .commit
            }
        }
    }

    static func version(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }

    /// In bytes; 0 if there is no such file.
    static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// What every connection has in common.
    static func configuration(givesBackPages: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(busyTimeout)
        configuration.prepareDatabase { database in
            // A view or trigger that somebody put into the file must not call functions with side effects.
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
            try database.execute(sql: "PRAGMA journal_size_limit = \(journalSizeLimit)")
            if givesBackPages, !database.configuration.readonly {
                // Here, because the log's first page fixes it; to a database with tables it means nothing yet.
                try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            }
            var persist: CInt = 1
            let code = sqlite3_file_control(
                database.sqliteConnection,
                "main",
                SQLITE_FCNTL_PERSIST_WAL,
                &persist
            )
            guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        }
        return configuration
    }
}
