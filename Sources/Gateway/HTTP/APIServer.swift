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
    let webhooks: GatewayConfiguration.Webhooks
    /// Web pages that may call; see ``CrossOriginPolicy``.
    let crossOriginAllowed: [String]
    let store: GatewayStore
    let jobs: JobCoordinator
    let authenticator: CallerAuthenticator
    let logger: Logger
    /// Called once with the port, when callers can connect.
    let onListening: @Sendable (Int) async -> Void

    func run() async throws {
        let routes = routes()
        let crossOrigin = CrossOriginPolicy(allowing: crossOriginAllowed)
        let responder = APIResponder(
            routes: Self.router(routes).buildResponder(),
            table: RouteTable(routes.map { ($0.operation.method, $0.operation.path) }),
            crossOrigin: crossOrigin,
            authenticator: authenticator,
            settlement: jobs.settlement,
            shuttingDown: { jobs.shuttingDown }
        )
        let application = Application(
            responder: responder,
            server: .guardedHTTP1(HTTPGuard(bounds: affordableBounds(), crossOrigin: crossOrigin)),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.listen.host, port: configuration.listen.port),
                backlog: 1024
            ),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
            logger: logger.withLevel(atLeast: .notice)
        )
        try await application.run()
    }

    /// The configured bounds, with no more connections than there can be descriptors.
    private func affordableBounds() -> HTTPBounds {
        var bounds = configuration.bounds
        let needed = bounds.connections + bounds.refusals + Self.otherDescriptors
        guard let limit = DescriptorLimit.raise(to: needed), limit < needed else { return bounds }
        bounds.connections = max(16, limit - bounds.refusals - Self.otherDescriptors)
        logger.warning(
            "too few file descriptors for max_connections: raise LimitNOFILE, or lower it",
            metadata: [
                "descriptors.limit": "\(limit)", "descriptors.needed": "\(needed)",
                "connections.limit": "\(bounds.connections)",
            ]
        )
        return bounds
    }

    /// Descriptors for what is no caller's connection: workers, the database, the admin socket, webhooks, upstreams.
    private static let otherDescriptors = 1024

    /// Everything that the API can do.
    func routes() -> [APIRoute] {
        let models = ModelsRoute(jobs: jobs)
        let records = JobsRoutes(history: store.history)
        let credits = CreditsRoutes(history: store.history, settlement: jobs.settlement)
        let keys = KeysRoutes(keys: store.keys, catalogue: jobs.catalogue, clock: .live)
        let signIn = SignInRoutes(authenticator: authenticator)
        let webhooks = WebhooksRoutes(
            webhooks: store.webhooks,
            allowsInside: webhooks.allowsInsecureTargets,
            clock: jobs.clock
        )

        // Each route is its operation's: it has its method and path from there, and is described with it.
        var routes: [APIRoute] = []
        let gate = RequestGate(limit: configuration.maxConcurrentRequestsPerAccount)
        let repeats = IdempotentRequests(settlement: jobs.settlement, clock: jobs.clock)
        for kind in RequestKind.allCases {
            let inference = InferenceRoute(
                kind: kind,
                jobs: jobs,
                maxBodyBytes: configuration.maxBodyBytes,
                gate: gate,
                repeats: repeats
            )
            routes.append(APIRoute(.asking(kind)) { try await inference.respond(to: $0, context: $1) })
        }
        routes.append(APIRoute(.listModels) { _, _ in models.list() })
        routes.append(APIRoute(.getModel) { try models.show(try $1.parameters.require("id")) })
        routes.append(APIRoute(.listJobs) { try await records.list($0, $1) })
        routes.append(APIRoute(.getJob) { try await records.show($1) })
        routes.append(APIRoute(.getReceipt) { try await records.receipt($1) })
        routes.append(APIRoute(.getCredits) { try credits.show($1) })
        routes.append(APIRoute(.listTransactions) { try await credits.transactions($0, $1) })
        routes.append(APIRoute(.createKey) { try await keys.create($0, $1) })
        routes.append(APIRoute(.listKeys) { try keys.list($1) })
        routes.append(APIRoute(.revokeKey) { try await keys.revoke($1) })
        routes.append(APIRoute(.createWebhook) { try await webhooks.create($0, $1) })
        routes.append(APIRoute(.listWebhooks) { try await webhooks.list($1) })
        routes.append(APIRoute(.getWebhook) { try await webhooks.show($1) })
        routes.append(APIRoute(.changeWebhook) { try await webhooks.change($0, $1) })
        routes.append(APIRoute(.deleteWebhook) { try await webhooks.delete($1) })
        routes.append(APIRoute(.testWebhook) { try await webhooks.test($1) })
        routes.append(APIRoute(.listDeliveries) { try await webhooks.deliveries($0, $1) })
        routes.append(APIRoute(.redeliver) { try await webhooks.redeliver($1) })
        routes.append(APIRoute(.beginSignIn) { request, _ in try await signIn.challenge(request) })
        routes.append(APIRoute(.finishSignIn) { request, _ in try await signIn.verify(request) })
        routes.append(APIRoute(.getHealth) { _, _ in Response.json(Array(#"{"status":"ok"}"#.utf8)) })
        routes.append(APIRoute(.getReadiness) { _, _ in readiness() })
        let document = OpenAPIRoute(describing: routes.map(\.operation), at: configuration.publicURL)
        routes.append(APIRoute(.getDescription) { request, _ in document.respond(to: request) })
        return routes
    }

    private static func router(_ routes: [APIRoute]) -> Router<CallerContext> {
        let router = Router(context: CallerContext.self)
        router.add(middleware: RouterErrors())
        for route in routes {
            router.on(RouterPath(route.operation.path), method: route.operation.method) {
                try await route.handler($0, $1)
            }
        }
        return router
    }

    /// Whether jobs are taken: not while the gateway ends, nor while its ledger cannot be written.
    private func readiness() -> Response {
        let status =
            if jobs.hub.isDraining { "draining" } else { store.ledger.isAvailable ? "ready" : "storage_unavailable" }
        return .json(
            Array(#"{"status":"\#(status)"}"#.utf8),
            status: status == "ready" ? .ok : .serviceUnavailable
        )
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
