import Hummingbird

/// An operation of the API and what performs it.
struct APIRoute: Sendable {
    typealias Handler = @Sendable (Request, CallerContext) async throws -> Response

    let operation: APIOperation
    let handler: Handler

    init(_ operation: APIOperation, _ handler: @escaping Handler) {
        self.operation = operation
        self.handler = handler
    }
}
