import GRDB
package import SQLiteStore

/// Everything that a gateway knows of its past, read-only.
///
/// The daemon's own comes with its ``GatewayStore``; a command opens one on the file, whether the daemon runs or not.
package struct GatewayHistory: Sendable {
    let reader: any DatabaseReader

    init(_ reader: any DatabaseReader) {
        self.reader = reader
    }

    /// Opens the database of a gateway without the right to change it.
    ///
    /// - Throws: ``StoreError``, as ``StoreFile/openReadOnly(path:schema:)``.
    package init(path: String) throws(StoreError) {
        reader = try StoreFile.openReadOnly(path: path, schema: .gateway)
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
