import Foundation
import GRDB

/// What went wrong with a database, in the few kinds that a caller can act on.
///
/// `message` is a sentence for an operator. It never holds a value that was being stored.
package struct StoreError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// Written by newer software. Nothing was touched: install that version again.
        case newerVersion = "newer_version"
        /// Written by older software, and opened only for reading. Start the daemon once, which migrates it.
        case olderVersion = "older_version"
        /// Another program's database, or that of the other daemon. Fix the path.
        case wrongDatabase = "wrong_database"
        /// There is no database at the path. Fix the path, or start the daemon, which makes one.
        case missing
        /// The file is not a whole database. It was kept as it is: restore a backup, or move it away.
        case damaged
        /// No room for the commit. Nothing of it was stored: free space and try again.
        case diskFull = "disk_full"
        /// The file or its directory cannot be read or written by this user.
        case permission
        /// The disk failed. Nothing of the commit was stored; look at the kernel's log.
        case inputOutput = "input_output"
        /// Another process held the database for longer than the busy timeout. Try again.
        case busy
        /// The row breaks a rule of the schema. A fault of the caller: trying again will not help.
        case constraint
        /// The store was shut down.
        case closed
        /// The caller's task was cancelled while it waited. A read did not happen; a write still may.
        case interrupted
        /// Anything else that SQLite reports: a fault of ours.
        case failed
    }

    package var code: Code
    package var message: String
    /// What SQLite said, for a debugger.
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { message }
}

extension StoreError {
    /// Whether the same write may succeed later: the machine failed it, or the file, and not the write itself.
    package var mayPass: Bool {
        switch code {
        case .diskFull, .inputOutput, .busy, .permission, .damaged, .failed: true
        case .newerVersion, .olderVersion, .wrongDatabase, .missing, .constraint, .closed, .interrupted: false
        }
    }

    /// Sorts an error that came out of a database access.
    ///
    /// - Parameters:
    ///   - error: Any error; one that is a `StoreError` already comes back as it is.
    ///   - path: Names the database in the message.
    package init(_ error: any Error, path: String) {
        switch error {
        case let error as StoreError: self = error
        case is CancellationError: self.init(.interrupted, "\(path): the caller stopped waiting", cause: error)
        case let error as DatabaseError: self.init(sqlite: error, path: path)
        default: self.init(.failed, "\(path): \(error)", cause: error)
        }
    }

    private init(sqlite error: DatabaseError, path: String) {
        // The text of SQLite's own message names tables and columns, never values; the SQL stays in `cause`.
        let detail = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch error.resultCode.primaryResultCode {
        case .SQLITE_FULL:
            self.init(.diskFull, "\(path): the disk is full; free some space", cause: error)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.damaged, Self.damagedMessage(path, detail), cause: error)
        case .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_AUTH:
            guard !Self.isOnReadOnlyFileSystem(path) else {
                self.init(.permission, Self.readOnlyMessage(path), cause: error)
                return
            }
            self.init(
                .permission,
                "\(path): cannot be opened or written (\(detail)); check the owner and mode of the file and its directory",
                cause: error
            )
        case .SQLITE_IOERR:
            self.init(
                .inputOutput,
                "\(path): the disk failed (\(detail)); look at the kernel's log (dmesg) and replace the disk",
                cause: error
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "\(path): another process holds the database", cause: error)
        case .SQLITE_CONSTRAINT:
            self.init(.constraint, "\(path): \(detail)", cause: error)
        case .SQLITE_MISUSE:
            // GRDB's answer to a statement on a closed connection.
            self.init(.closed, "\(path): the store is closed", cause: error)
        default:
            self.init(.failed, "\(path): \(detail)", cause: error)
        }
    }

    static func damaged(_ path: String, _ detail: String) -> StoreError {
        StoreError(.damaged, damagedMessage(path, detail))
    }

    /// Also what a file system becomes by itself after errors of its disk.
    private static func isOnReadOnlyFileSystem(_ path: String) -> Bool {
        var status = statvfs()
        return statvfs(path, &status) == 0 && status.f_flag & UInt(ST_RDONLY) != 0
    }

    static func readOnlyMessage(_ path: String) -> String {
        "\(path): the file system is mounted read-only; the kernel's log (dmesg) tells why: mount it for writing, or "
            + "put state_directory elsewhere"
    }

    private static func damagedMessage(_ path: String, _ detail: String) -> String {
        "\(path): the database is damaged (\(detail)); it was left as it is: restore a backup, or move it away"
    }
}
