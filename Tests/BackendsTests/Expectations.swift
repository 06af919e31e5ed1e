import Testing

@testable import Backends

/// Expects that `body` throws a ``BackendError`` with a code, and returns it.
@discardableResult
func expectError(
    _ code: BackendError.Code,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async -> BackendError? {
    let error = await #expect(throws: BackendError.self, sourceLocation: sourceLocation) { try await body() }
    if let error { #expect(error.code == code, "\(error)", sourceLocation: sourceLocation) }
    return error
}

/// Expects that `body` throws a ``SettingError``, and returns it.
@discardableResult
func expectSettingError(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async -> SettingError? {
    await #expect(throws: SettingError.self, sourceLocation: sourceLocation) { try await body() }
}
