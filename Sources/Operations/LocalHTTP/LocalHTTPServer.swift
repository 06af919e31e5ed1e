import Glibc
package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A daemon's HTTP API on its Unix socket.
///
/// Who can open the socket (0660, in the operator group) may read; ``LocalWriters`` decides who may write. On a
/// graceful shutdown it stops accepting, lets the requests in progress end and removes the socket file; a route that
/// streams without end must end by itself then.
package struct LocalHTTPServer: Service {
    /// Where and for whom.
    package struct Configuration: Sendable {
        /// The socket's absolute path, at most 107 bytes.
        package var socket: String
        /// See ``OperatorGroup/find(configured:)``; without one the socket is for its owner and root alone.
        package var operatorGroup: OperatorGroup?
        /// Connections at a time; further ones wait in the kernel's backlog of 64.
        package var connectionLimit: Int
        /// How long a connection may stand without a request, or take to send one.
        package var idleTimeout: Duration

        package init(
            socket: String,
            operatorGroup: OperatorGroup?,
            connectionLimit: Int = 64,
            idleTimeout: Duration = .seconds(60)
        ) {
            self.socket = socket
            self.operatorGroup = operatorGroup
            self.connectionLimit = connectionLimit
            self.idleTimeout = idleTimeout
        }
    }

    private let configuration: Configuration
    private let lock: StateLock
    private let routes: RouterResponder<LocalRequestContext>
    private let logger: Logger
    private let onListening: @Sendable () async -> Void

    /// Makes a server; it binds in ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: Where and for whom.
    ///   - lock: Proof that this process is the only daemon of its state directory. `bind` replaces an existing socket
    ///     file, also that of a running daemon, so without the lock a second start would cut off the first.
    ///   - router: The routes, complete: what is added later is not seen.
    ///   - logger: For the server and, with a request id, for each request.
    ///   - onListening: Called once the socket stands with its final permissions.
    package init(
        configuration: Configuration,
        lock: StateLock,
        router: Router<LocalRequestContext>,
        logger: Logger,
        onListening: @escaping @Sendable () async -> Void = {}
    ) {
        self.configuration = configuration
        self.lock = lock
        self.routes = router.buildResponder()
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        let file = LocalSocketFile(path: self.configuration.socket, group: self.configuration.operatorGroup)
        try file.prepare()
        let binding = Mutex<Binding>(.pending)
        let application = Application(
            responder: LocalResponder(
                routes: self.routes,
                writers: LocalWriters(operatorGroup: self.configuration.operatorGroup?.id),
                operatorGroup: self.configuration.operatorGroup?.name
            ),
            server: .observedHTTP1(
                configuration: HTTP1Channel.Configuration(
                    idleTimeout: .nanoseconds(self.configuration.idleTimeout.nanoseconds),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 8_192,
                        maxHeaderListSize: 16_384,
                        maxHeaderFieldCount: 64
                    )
                )
            ),
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: self.configuration.socket),
                backlog: 64,
                availableConnectionsDelegate: .maximum(self.configuration.connectionLimit, logger: self.logger)
            ),
            onServerRunning: { channel in
                do throws(CommandError) {
                    try file.open()
                    binding.withLock { $0 = .listening(file.inode()) }
                    await self.onListening()
                } catch {
                    // Hummingbird has no way to fail here; closing the listener ends `run`, which then throws this.
                    binding.withLock { $0 = .failed(error) }
                    try? await channel.close()
                }
            },
            logger: self.logger
        )
        do {
            try await application.run()
        } catch {
            try self.finish(file, binding.withLock { $0 }, error)
            throw error
        }
        try self.finish(file, binding.withLock { $0 }, nil)
    }

    /// How far the start got.
    private enum Binding {
        case pending
        /// With the socket file's inode.
        case listening(ino_t?)
        case failed(CommandError)
    }

    private func finish(_ file: LocalSocketFile, _ binding: Binding, _ error: (any Error)?) throws {
        switch binding {
        case .listening(let inode):
            file.remove(inode: inode)
        case .failed(let failure):
            throw failure
        case .pending:
            guard let error, !(error is CancellationError) else { return }
            throw CommandError(
                .failed,
                "cannot listen on the socket \(self.configuration.socket): \(error)",
                hint: "check the folder's owner, and that no other file has this name",
                cause: error
            )
        }
    }
}

extension Duration {
    /// The whole duration in nanoseconds; what is too long for them is the longest there is.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product + attoseconds / 1_000_000_000
    }
}
