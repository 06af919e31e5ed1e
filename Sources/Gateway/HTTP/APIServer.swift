import GatewayStore
import HTTPTypes
import Hummingbird
import HummingbirdCore
import InferenceAPI
import Logging
import NIOCore
import Operations
import ServiceLifecycle

/// The public HTTP API: routes, bounds and the server around them.
struct APIServer: Service {
    let configuration: GatewayConfiguration.API
    let store: GatewayStore
    let jobs: JobCoordinator
    let authenticator: CallerAuthenticator
    let logger: Logger
    /// Called once with the port, when callers can connect.
    let onListening: @Sendable (Int) async -> Void

    /// Connections at a time; further ones wait in the kernel's backlog.
    static let connectionLimit = 4096

    func run() async throws {
        let responder = APIResponder(
            routes: router().buildResponder(),
            authenticator: authenticator,
            settlement: jobs.settlement,
            shuttingDown: { jobs.shuttingDown }
        )
        let application = Application(
            responder: responder,
            server: .observedHTTP1(
                configuration: HTTP1Channel.Configuration(
                    idleTimeout: .seconds(120),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16 << 10,
                        maxHeaderListSize: 32 << 10,
                        maxHeaderFieldCount: 100
                    )
                )
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.listen.host, port: configuration.listen.port),
                backlog: 1024,
                availableConnectionsDelegate: .maximum(Self.connectionLimit, logger: logger)
            ),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
            logger: logger.withLevel(atLeast: .notice)
        )
        try await application.run()
    }

    private func router() -> Router<CallerContext> {
        let router = Router(context: CallerContext.self)
        router.add(middleware: RouterErrors())
        let models = ModelsRoute(jobs: jobs)
        let records = JobsRoutes(history: store.history)
        let credits = CreditsRoutes(history: store.history, settlement: jobs.settlement)
        let keys = KeysRoutes(keys: store.keys, catalogue: jobs.catalogue, clock: .live)
        let signIn = SignInRoutes(authenticator: authenticator)

        var routes: [(HTTPRequest.Method, String, Handler)] = []
        for kind in RequestKind.allCases {
            let inference = InferenceRoute(kind: kind, jobs: jobs, maxBodyBytes: configuration.maxBodyBytes)
            routes.append((.post, kind.path, { try await inference.respond(to: $0, context: $1) }))
        }
        routes.append((.get, "/v1/models", { _, _ in models.list() }))
        routes.append((.get, "/v1/models/:id", { try models.show(try $1.parameters.require("id")) }))
        routes.append((.get, "/v1/jobs", { try await records.list($0, $1) }))
        routes.append((.get, "/v1/jobs/:id", { try await records.show($1) }))
        routes.append((.get, "/v1/jobs/:id/receipt", { try await records.receipt($1) }))
        routes.append((.get, "/v1/credits", { try credits.show($1) }))
        routes.append((.get, "/v1/credits/transactions", { try await credits.transactions($0, $1) }))
        routes.append((.post, "/v1/keys", { try await keys.create($0, $1) }))
        routes.append((.get, "/v1/keys", { try keys.list($1) }))
        routes.append((.delete, "/v1/keys/:id", { try await keys.revoke($1) }))
        routes.append((.post, "/v1/auth/challenge", { request, _ in try await signIn.challenge(request) }))
        routes.append((.post, "/v1/auth/verify", { request, _ in try await signIn.verify(request) }))
        routes.append((.get, "/healthz", { _, _ in Response.json(Array(#"{"status":"ok"}"#.utf8)) }))
        routes.append((.get, "/readyz", { _, _ in readiness() }))

        for (method, path, handler) in routes {
            router.on(RouterPath(path), method: method) { try await handler($0, $1) }
        }
        let methods = Dictionary(grouping: routes, by: \.1).mapValues { Set($0.map(\.0)) }
        for (path, allowed) in methods { Self.refuseOtherMethods(router, path, except: allowed) }
        return router
    }

    private typealias Handler = @Sendable (Request, CallerContext) async throws -> Response

    /// Whether jobs are taken: not while the gateway ends, nor while its ledger cannot be written.
    private func readiness() -> Response {
        let status =
            if jobs.hub.isDraining { "draining" } else { store.ledger.isAvailable ? "ready" : "storage_unavailable" }
        return .json(
            Array(#"{"status":"\#(status)"}"#.utf8),
            status: status == "ready" ? .ok : .serviceUnavailable
        )
    }

    private static func refuseOtherMethods(
        _ router: Router<CallerContext>,
        _ path: String,
        except allowed: Set<HTTPRequest.Method>
    ) {
        for method: HTTPRequest.Method in [.get, .put, .delete, .head, .post, .patch] where !allowed.contains(method) {
            router.on(RouterPath(path), method: method) { request, _ -> Response in
                throw APIError.methodNotAllowed(request.method.rawValue)
            }
        }
    }
}

extension Logger {
    /// A library's own news of its starting and stopping repeats what the daemon says in its words.
    fileprivate func withLevel(atLeast level: Logger.Level) -> Logger {
        var logger = self
        logger.logLevel = max(logger.logLevel, level)
        return logger
    }
}
