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
    let logger: Logger
    /// Called once with the port, when callers can connect.
    let onListening: @Sendable (Int) async -> Void

    /// Connections at a time; further ones wait in the kernel's backlog.
    static let connectionLimit = 4096

    func run() async throws {
        let responder = APIResponder(
            routes: Self.router(store: store, jobs: jobs, configuration: configuration).buildResponder(),
            keys: store.keys,
            settlement: jobs.settlement,
            clock: jobs.clock,
            isDraining: { jobs.hub.isDraining }
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

    static func router(
        store: GatewayStore,
        jobs: JobCoordinator,
        configuration: GatewayConfiguration.API
    ) -> Router<CallerContext> {
        let router = Router(context: CallerContext.self)
        let chat = ChatCompletionsRoute(jobs: jobs, maxBodyBytes: configuration.maxBodyBytes)
        let models = ModelsRoute(catalogue: jobs.catalogue, hub: jobs.hub, latencies: jobs.latencies, clock: jobs.clock)
        let records = JobsRoute(history: store.history)

        router.post("/v1/chat/completions") { try await chat.respond(to: $0, context: $1) }
        router.get("/v1/models") { _, _ in models.list() }
        router.get("/v1/models/:id") { _, context in try models.show(try context.parameters.require("id")) }
        router.get("/v1/jobs/:id") { _, context in try await records.show(context) }
        router.get("/healthz") { _, _ in Response.json(Array(#"{"status":"ok"}"#.utf8)) }
        router.get("/readyz") { _, _ in
            let isReady = !jobs.hub.isDraining
            return Response.json(
                Array((isReady ? #"{"status":"ready"}"# : #"{"status":"draining"}"#).utf8),
                status: isReady ? .ok : .serviceUnavailable
            )
        }

        refuseOtherMethods(router, "/v1/chat/completions", except: .post)
        for path in ["/v1/models", "/v1/models/:id", "/v1/jobs/:id", "/healthz", "/readyz"] {
            refuseOtherMethods(router, RouterPath(path), except: .get)
        }
        return router
    }

    private static func refuseOtherMethods(
        _ router: Router<CallerContext>,
        _ path: RouterPath,
        except allowed: HTTPRequest.Method
    ) {
        for method: HTTPRequest.Method in [.get, .put, .delete, .head, .post, .patch] where method != allowed {
            router.on(path, method: method) { request, _ -> Response in
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
