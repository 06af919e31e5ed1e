import Hummingbird
import InferenceAPI

/// Gives the router's own errors the form of the API.
///
/// The router would answer an `HTTPError` by itself, with a status and no body; an ``APIError`` it lets through to
/// ``APIResponder``.
struct RouterErrors: RouterMiddleware {
    func handle(
        _ request: Request,
        context: CallerContext,
        next: (Request, CallerContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            throw error.status == .notFound
                ? APIError.routeNotFound() : APIError.invalidJSON("The request is malformed.")
        }
    }
}
