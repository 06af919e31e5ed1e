import GRDB
package import SQLiteStore

/// Everything that a worker knows of its past, read-only.
///
/// The daemon's own comes with its ``WorkerStore``; a command opens one on the file, whether the daemon runs or not.
package struct WorkerHistory: Sendable {
    private let reader: any DatabaseReader

    init(_ reader: any DatabaseReader) {
        self.reader = reader
    }

    /// Opens the database of a worker without the right to change it.
    ///
    /// - Throws: ``StoreError``, as ``StoreFile/openReadOnly(path:schema:)``.
    package init(path: String) throws(StoreError) {
        reader = try StoreFile.openReadOnly(path: path, schema: .worker)
    }

    func read<Value: Sendable>(
        _ query: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await reader.read(query)
        } catch {
            throw StoreError(error, path: reader.path)
        }
    }
}
