import GatewayStore
import HTTPTypes
import Hummingbird
import InferenceAPI
import Logging
import Operations

/// Stands before the routes of the public API: names the request, finds out who asks, and gives errors their form.
struct APIResponder<Routes: HTTPResponder>: HTTPResponder where Routes.Context == CallerContext {
    let routes: Routes
    let table: RouteTable
    let crossOrigin: CrossOriginPolicy
    let authenticator: CallerAuthenticator
    let settlement: any Settlement
    /// Why no request is taken now, if the gateway ends.
    let shuttingDown: @Sendable () -> APIError?

    func respond(to request: Request, context: CallerContext) async throws -> Response {
        var request = request
        var context = context
        context.requestID = RequestID.make(from: request.headers[.requestID])
        context.logger[metadataKey: "request.id"] = "\(context.requestID)"
        if request.headers[.expect] != nil {
            let body = AnnouncedBody(base: request.body, wanted: context.connection.bodyWanted)
            request.body = Hummingbird.RequestBody(asyncSequence: body)
        }
        let origin = request.headers[.origin]
        let isHead = request.method == .head
        var response: Response
        do {
            response = try await answer(&request, &context)
        } catch {
            response = self.response(to: error, at: request.uri.path, context)
        }
        response.headers[.requestID] = context.requestID
        for field in crossOrigin.headers(for: origin) { response.headers.append(field) }
        if let caller = context.caller, response.headers[.creditsRemaining] == nil {
            response.headers[.creditsRemaining] = "\(settlement.balance(of: caller.wallet).available)"
        }
        // An error, too, ends with its headers then: what followed would be read as the next answer.
        return isHead ? response.createHeadResponse() : response
    }

    private func answer(_ request: inout Request, _ context: inout CallerContext) async throws -> Response {
        let path = request.uri.path
        // The router takes `//v1/models` for `/v1/models`; whoever writes it so means no route of ours.
        guard !path.contains("//") else { throw APIError.routeNotFound() }
        let methods = table.methods(at: path)
        if let methods, let headers = crossOrigin.preflight(request.head, methods: methods) {
            return Response(status: .noContent, headers: headers)
        }
        if !Self.isAboutTheGateway(path) {
            if !Self.isOpen(path) { context.caller = try await authenticator.authenticate(&request) }
            if let refusal = shuttingDown() { throw refusal }
        }
        guard let methods else { throw APIError.routeNotFound() }
        switch request.method {
        case .options:
            return Response(status: .noContent, headers: [.allow: methods.joined(separator: ", ")])
        case .head where methods.contains("HEAD"):
            var head = request.head
            head.method = .get
            let asked = Request(head: head, body: request.body)
            return try await routes.respond(to: asked, context: context)
        case let method where methods.contains(method.rawValue):
            return try await routes.respond(to: request, context: context)
        default:
            throw APIError.methodNotAllowed(request.method.rawValue)
        }
    }

    /// Whether a route tells how the gateway is, also while it ends.
    private static func isAboutTheGateway(_ path: String) -> Bool { path == "/healthz" || path == "/readyz" }

    /// Whether a route is for anybody: nobody could sign in otherwise.
    private static func isOpen(_ path: String) -> Bool {
        ["/v1/auth/challenge", "/v1/auth/verify", "/v1/openapi.json"].contains(path)
    }

    private func response(to error: any Error, at path: String, _ context: CallerContext) -> Response {
        let mapped: APIError
        switch error {
        case let error as APIError: mapped = error
        case is HTTPRefusal: mapped = .malformedRequest()  // The guard has answered; this one stays unsent.
        case _ where context.connection.hangUp.hasHungUp:
            context.logger.debug("caller left during its request", metadata: ["error": "\(error)"])
            mapped = .malformedRequest()
        default:
            // The error stops here, so it is logged here; the caller gets the id to ask about.
            context.logger.error("request failed", metadata: ["error": "\(error)"])
            mapped = .internalError(requestID: context.requestID)
        }
        var headers = mapped.headers
        if mapped.code == .methodNotAllowed {
            headers[.allow] = table.methods(at: path)?.joined(separator: ", ")
        }
        return .json(mapped.body, status: .init(code: mapped.status), adding: headers)
    }
}

extension APIError {
    /// The headers that say the same as the body, for clients that retry by themselves.
    var headers: HTTPFields {
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
