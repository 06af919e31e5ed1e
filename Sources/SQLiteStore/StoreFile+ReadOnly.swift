import Foundation
package import GRDB

extension StoreFile {
    /// Opens a database for a command that only reads, whether its daemon runs or not.
    ///
    /// The caller needs to read the file and its directory, and to write neither. Nothing is made or changed.
    ///
    /// - Throws: ``StoreError``: `missing`, `newerVersion`, `olderVersion`, `wrongDatabase`, `damaged`, `permission`.
    package static func openReadOnly(path: String, schema: StoreSchema) throws(StoreError) -> DatabaseQueue {
        guard access(path, F_OK) == 0 else {
            let code = errno
            guard code == ENOENT else {
                throw StoreError(.permission, "\(path): cannot be read: \(String(cString: strerror(code)))")
            }
            throw StoreError(.missing, "\(path): there is no database here")
        }
        try checkKind(of: path)
        do {
            var configuration = configuration()
            configuration.readonly = true
            configuration.label = "sqlite.read"
            let queue = try DatabaseQueue(path: readablePath(path), configuration: configuration)
            try queue.read { database in
                try check(database, path: path, schema: schema)
                let version = try version(of: database)
                guard version == schema.version else {
                    throw StoreError(
                        .olderVersion,
                        "\(path): has version \(version), and this software reads \(schema.version); "
                            + "start the daemon once, which brings it up to date"
                    )
                }
            }
            return queue
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// What to open: the path, or a URI that tells SQLite to take no locks and look for no log.
    ///
    /// A database in WAL mode cannot be opened without its log and index unless they can be created. A daemon always
    /// leaves both, but a copy may come without: then nothing has it open, and the file alone is the whole truth.
    private static func readablePath(_ path: String) -> String {
        guard size(path + "-wal") == 0, access(path + "-shm", F_OK) != 0 else { return path }
        var escaped = ""
        for character in URL(fileURLWithPath: path).path {
            switch character {
            case "%": escaped += "%25"
            case "?": escaped += "%3f"
            case "#": escaped += "%23"
            default: escaped.append(character)
            }
        }
        return "file://\(escaped)?immutable=1"
    }
}
