package import HTTPTypes
import Hummingbird
package import HummingbirdCore
import Logging

/// Stands before the routes of a local API: refuses writes of those who may only read, and gives errors their form.
///
/// It wraps the router rather than being a middleware of it: a middleware covers only the routes that are added after
/// it, and this must not depend on an order.
struct LocalResponder<Routes: HTTPResponder>: HTTPResponder where Routes.Context == LocalRequestContext {
    let routes: Routes
    let writers: LocalWriters
    /// The group's name, for the sentence that a refused caller reads.
    let operatorGroup: String?

    func respond(to request: Request, context: LocalRequestContext) async throws -> Response {
        var context = context
        context.canWrite = self.writers.include(context.peer)
        guard context.canWrite || request.method == .get || request.method == .head else {
            return try self.refusal.response()
        }
        do {
            let response = try await self.routes.respond(to: request, context: context)
            guard response.status == .notFound, response.body.contentLength == 0 else { return response }
            return try LocalAPIError(.notFound, code: "not_found", message: "there is no \(request.uri.path) here")
                .response()
        } catch let error as LocalAPIError {
            return try error.response()
        } catch let error as any HTTPResponseError {
            return try error.response(from: request, context: context)
        } catch {
            // The error stops here, so it is logged here; its text may hold what a caller must not see.
            context.logger.error(
                "local request failed",
                metadata: ["error": "\(error)", "path": "\(request.uri.path)"]
            )
            return try LocalAPIError(
                .internalServerError,
                code: "internal_error",
                message: "the daemon failed to answer; its log says why"
            ).response()
        }
    }

    private var refusal: LocalAPIError {
        let members = self.operatorGroup.map { ", and members of the group \($0)," } ?? ""
        return LocalAPIError(
            .forbidden,
            code: "permission_denied",
            message: "only root, the daemon's own user\(members) may change something",
            hint: self.operatorGroup.map { "join the group (usermod -aG \($0) USER) and log in again, or use sudo" }
                ?? "use sudo"
        )
    }
}

extension Response {
    /// Renders a value as the body of a local API's answer.
    package static func localJSON(
        _ value: some Encodable,
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try LocalJSON.encode(value)))
        )
    }
}
