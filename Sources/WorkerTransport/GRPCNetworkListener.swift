import GRPCCore
import GRPCNIOTransportHTTP2Posix
import WorkerProtocol

/// Takes workers over gRPC.
package struct GRPCNetworkListener: NetworkListener {
    /// Paths of PEM files.
    package struct Certificate: Sendable {
        package var certificateFile: String
        package var keyFile: String

        package init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    private let host: String
    private let port: Int
    private let certificate: Certificate?

    /// - Parameters:
    ///   - host: An IP address, or `localhost`.
    ///   - port: 0 lets the system choose.
    ///   - certificate: `nil` for plaintext, which the configuration allows on loopback alone.
    package init(host: String, port: Int, certificate: Certificate?) {
        self.host = host
        self.port = port
        self.certificate = certificate
    }

    package func listen(
        onListening: @escaping @Sendable (_ port: Int) -> Void,
        serve: @escaping @Sendable (WorkerStream) async throws -> Void
    ) async throws {
        let address: SocketAddress =
            host.contains(":")
            ? .ipv6(host: host, port: port) : .ipv4(host: host == "localhost" ? "127.0.0.1" : host, port: port)
        let door = ListenerDoor()
        let transport = HTTP2ServerTransport.Posix(
            address: address,
            transportSecurity: try security(),
            config: .defaults { config in
                config.http2.targetWindowSize = StreamTuning.windowBytes
                config.http2.maxConcurrentStreams = 4
                config.rpc.maxRequestPayloadSize = SessionLimits().messageBytes
                // The outbox gathers what leaves together; waiting for more would only delay a lone message.
                config.connection.flushCoalescing = nil
                // A peer whose machine vanished is noticed even where no session stands yet.
                config.connection.keepalive.time = .seconds(30)
                config.connection.keepalive.clientBehavior.minPingIntervalWithoutCalls = .seconds(10)
                config.channelDebuggingCallbacks.onBindTCPListener = { door.opened($0) }
            },
            eventLoopGroup: door.group
        )
        let server = GRPCServer(transport: transport, services: [SessionService(serve: serve)])
        do {
            let serving = Task { try await server.serve() }
            try await withTaskCancellationHandler {
                do {
                    if let bound = try await transport.listeningAddress.port { onListening(bound) }
                } catch {
                    // What the server says of it is more to the point.
                    serving.cancel()
                    try await serving.value
                    throw error
                }
                try await serving.value
            } onCancel: {
                door.close { serving.cancel() }
            }
        } catch let error as RuntimeError {
            // A listener that is told to stop has not failed.
            if Task.isCancelled { return }
            throw TransportError(.listen, "workers cannot be taken on \(HostPort.format(host, port)): \(error.message)")
        }
    }

    private func security() throws -> HTTP2ServerTransport.Posix.TransportSecurity {
        guard let certificate else { return .plaintext }
        return .tls(
            .defaults(
                certificateChain: [.file(path: certificate.certificateFile, format: .pem)],
                privateKey: .file(path: certificate.keyFile, format: .pem)
            )
        )
    }
}

extension SocketAddress {
    fileprivate var port: Int? { ipv4?.port ?? ipv6?.port }
}

/// Binds the generated service to a ``WorkerStream``.
private struct SessionService: WireWorkerNetwork.ServiceProtocol {
    let serve: @Sendable (WorkerStream) async throws -> Void

    func session(
        request: StreamingServerRequest<WireWorkerMessage>,
        context: ServerContext
    ) async throws -> StreamingServerResponse<WireNetworkMessage> {
        StreamingServerResponse { writer in
            let stream = WorkerStream(peerAddress: Self.address(of: context.remotePeer)) { outbox, receive in
                try await Self.exchange(request: request, writer: writer, outbox: outbox, receive: receive)
            }
            try await serve(stream)
            return [:]
        }
    }

    private static func exchange(
        request: StreamingServerRequest<WireWorkerMessage>,
        writer: RPCWriter<WireNetworkMessage>,
        outbox: MessageOutbox<WireNetworkMessage>,
        receive: @escaping @Sendable (WireWorkerMessage) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while let batch = await outbox.next() { try await writer.write(contentsOf: batch) }
            }
            group.addTask {
                for try await message in request.messages { try await receive(message) }
            }
            // Either half's end is the stream's: a worker that closed its half is gone, and a finished outbox has sent
            // all that this side has to say.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// `ipv4:192.0.2.7:5123` without scheme and port.
    private static func address(of peer: String) -> String {
        let afterScheme = peer.drop { $0 != ":" }.dropFirst()
        guard let colon = afterScheme.lastIndex(of: ":") else { return String(afterScheme) }
        return String(afterScheme[..<colon])
    }
}
