import HTTPTypes
import Hummingbird
package import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle

/// Serves `GET /metrics`, and nothing else, at a TCP address.
///
/// A daemon works without it: if the address cannot be listened on, that is logged as an error and nothing more.
package struct MetricsListener: Service {
    /// Connections at a time; further ones wait in the kernel's backlog.
    private static let connectionLimit = 16

    private let host: String
    private let port: Int
    private let page: @Sendable () async throws -> MetricsPage
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// Makes a listener; it binds in ``run()``.
    ///
    /// - Parameters:
    ///   - host: A name or an address, IPv6 without brackets.
    ///   - port: 0 lets the system choose.
    ///   - page: Renders the page, at each request anew.
    ///   - logger: Hears where it listens, or why it cannot.
    ///   - onListening: Called with the port once the listener stands.
    package init(
        host: String,
        port: Int,
        page: @escaping @Sendable () async throws -> MetricsPage,
        logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.page = page
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        let router = Router(context: BasicRequestContext.self)
        router.get("/metrics") { _, _ in try await Response.metrics(self.page()) }
        var quiet = self.logger
        quiet.logLevel = max(quiet.logLevel, .warning)
        let application = Application(
            responder: router.buildResponder(),
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(60),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 8_192,
                        maxHeaderListSize: 16_384,
                        maxHeaderFieldCount: 64
                    )
                )
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(self.host, port: self.port),
                backlog: 64,
                availableConnectionsDelegate: .maximum(Self.connectionLimit, logger: quiet)
            ),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? self.port
                self.logger.info("metrics can be read", metadata: ["host": "\(self.host)", "port": "\(port)"])
                await self.onListening(port)
            },
            logger: quiet
        )
        do {
            try await application.run()
        } catch is CancellationError {
            return
        } catch {
            self.logger.error(
                "metrics cannot be read: the address cannot be listened on",
                metadata: ["host": "\(self.host)", "port": "\(self.port)", "error": "\(error)"]
            )
            try? await gracefulShutdown()
        }
    }
}

extension Response {
    /// The page as the answer to `GET /metrics`.
    package static func metrics(_ page: MetricsPage) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: MetricsPage.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: page.text))
        )
    }
}
