import Logging
import TestSupport

@testable import Backends

/// Runs `body` with an HTTP client as the backends use it.
func withHTTP<Result>(_ body: (BackendHTTP) async throws -> Result) async throws -> Result {
    let http = BackendHTTP.makeClient()
    do {
        let result = try await body(http)
        try await http.shutdown()
        return result
    } catch {
        try? await http.shutdown()
        throw error
    }
}

/// Runs `body` with a backend that speaks to `server`.
func withBackend(
    _ server: ScriptedBackendServer,
    socket: String? = nil,
    key: String? = nil,
    clock: any Clock<Duration> = ContinuousClock(),
    _ body: (OpenAIBackend) async throws -> Void
) async throws {
    try await withHTTP { http in
        try await server.withServer(socket: socket) { url in
            try await body(.test(try OpenAIEndpoint(url: url), http, key: key, clock: clock))
        }
    }
}

extension OpenAIBackend {
    /// A backend that logs nothing and makes the same id for every tool call.
    static func test(
        _ endpoint: OpenAIEndpoint,
        _ http: BackendHTTP,
        key: String? = nil,
        clock: any Clock<Duration> = ContinuousClock()
    ) -> OpenAIBackend {
        OpenAIBackend(
            name: "test",
            configuration: .init(endpoint: endpoint, apiKey: key.map { APIKey(secret: $0) }),
            http: http,
            clock: clock,
            logger: .silent,
            makeToolCallID: { "call_made" }
        )
    }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
