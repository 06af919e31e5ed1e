import GatewayStore
import HTTPTypes
import Hummingbird
import InferenceAPI
import Logging
import Signing

/// Stands before the routes of the public API: names the request, finds out who asks, and gives errors their form.
struct APIResponder<Routes: HTTPResponder>: HTTPResponder where Routes.Context == CallerContext {
    let routes: Routes
    let authenticator: CallerAuthenticator
    let settlement: any Settlement
    /// Why no request is taken now, if the gateway ends.
    let shuttingDown: @Sendable () -> APIError?

    func respond(to request: Request, context: CallerContext) async throws -> Response {
        var request = request
        var context = context
        context.requestID = Self.requestID(of: request)
        context.logger[metadataKey: "request.id"] = "\(context.requestID)"
        var response: Response
        do {
            // The router takes `//v1/models` for `/v1/models`; whoever writes it so means no route of ours.
            guard !request.uri.path.contains("//") else { throw APIError.routeNotFound() }
            if !Self.isAboutTheGateway(request.uri.path) {
                if !Self.isOpen(request.uri.path) { context.caller = try await authenticator.authenticate(&request) }
                if let refusal = shuttingDown() { throw refusal }
            }
            response = try await routes.respond(to: request, context: context)
        } catch {
            response = Self.response(to: error, context: context)
        }
        response.headers[.requestID] = context.requestID
        if let caller = context.caller, response.headers[.creditsRemaining] == nil {
            response.headers[.creditsRemaining] = "\(settlement.balance(of: caller.wallet).available)"
        }
        return response
    }

    /// Whether a route tells how the gateway is, also while it ends.
    private static func isAboutTheGateway(_ path: String) -> Bool { path == "/healthz" || path == "/readyz" }

    /// Whether a route is for anybody: nobody could sign in otherwise.
    private static func isOpen(_ path: String) -> Bool {
        ["/v1/auth/challenge", "/v1/auth/verify", "/v1/openapi.json"].contains(path)
    }

    /// The caller's id if it is one that can stand in a header and a log; else a new one.
    private static func requestID(of request: Request) -> String {
        if let id = request.headers[.requestID], (1...128).contains(id.utf8.count),
            id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        {
            return id
        }
        return "req_" + Hex.encode(RandomBytes.make(count: 12))
    }

    private static func response(to error: any Error, context: CallerContext) -> Response {
        let mapped: APIError
        switch error {
        case let error as APIError: mapped = error
        default:
            // The error stops here, so it is logged here; the caller gets the id to ask about.
            context.logger.error("request failed", metadata: ["error": "\(error)"])
            mapped = .internalError(requestID: context.requestID)
        }
        return .json(mapped.body, status: .init(code: mapped.status), adding: mapped.headers)
    }
}

extension APIError {
    fileprivate var headers: HTTPFields {
        var headers = HTTPFields()
        if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        if let jobID { headers[.jobID] = jobID }
        if let shouldRetry { headers[.shouldRetry] = shouldRetry ? "true" : "false" }
        return headers
    }
}

extension Response {
    /// An answer of JSON text.
    static func json(_ body: [UInt8], status: HTTPResponse.Status = .ok, adding headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
