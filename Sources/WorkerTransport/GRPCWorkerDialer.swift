import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
package import WorkerProtocol

/// Dials a gateway over gRPC.
package struct GRPCWorkerDialer: WorkerDialer {
    private let url: NetworkURL
    private let trustFile: String?

    /// - Parameters:
    ///   - url: Where to dial.
    ///   - trustFile: A PEM file of the only authorities to trust; `nil`: the system's.
    package init(url: NetworkURL, trustFile: String? = nil) {
        self.url = url
        self.trustFile = trustFile
    }

    package func openStream(
        sending outbox: MessageOutbox<WireWorkerMessage>,
        receive: @escaping @Sendable (WireNetworkMessage) async throws -> Void
    ) async throws {
        do {
            // A client for each stream: gRPC's own reconnecting would hide from the daemon why a network is down.
            try await withGRPCClient(transport: try makeTransport()) { client in
                let network = WireWorkerNetwork.Client(wrapping: client)
                var options = CallOptions.defaults
                options.maxRequestMessageBytes = SessionLimits().messageBytes
                options.maxResponseMessageBytes = SessionLimits().messageBytes
                options.waitForReady = false
                let request = StreamingClientRequest<WireWorkerMessage> { writer in
                    while let batch = await outbox.next() { try await writer.write(contentsOf: batch) }
                }
                try await network.session(
                    request: request,
                    serializer: ProtobufSerializer(),
                    deserializer: ProtobufDeserializer(),
                    options: options
                ) { response in
                    // Whatever ends the stream also ends the writer above, which otherwise waits for its next message.
                    defer { outbox.finish() }
                    for try await message in response.messages { try await receive(message) }
                }
            }
        } catch let error as RPCError {
            throw Self.transportError(error, url: url)
        } catch let error as RuntimeError {
            throw TransportError(.unreachable, "\(url) cannot be reached: \(error.message)")
        }
    }

    private func makeTransport() throws -> HTTP2ClientTransport.Posix {
        let target: any ResolvableTarget =
            HostPort.isIPv4(url.host)
            ? .ipv4(address: url.host, port: url.port)
            : url.host.contains(":") ? .ipv6(address: url.host, port: url.port) : .dns(host: url.host, port: url.port)
        let security: HTTP2ClientTransport.Posix.TransportSecurity =
            url.usesTLS
            ? .tls(
                .defaults { tls in
                    if let trustFile { tls.trustRoots = .certificates([.file(path: trustFile, format: .pem)]) }
                }
            ) : .plaintext
        return try HTTP2ClientTransport.Posix(
            target: target,
            transportSecurity: security,
            config: .defaults { config in
                config.http2.targetWindowSize = StreamTuning.windowBytes
                config.http2.authority = url.authority
                config.connection.maxIdleTime = nil
                // The outbox gathers what leaves together; waiting for more would only delay a lone token.
                config.connection.flushCoalescing = nil
                config.compression = .defaults
            }
        )
    }

    private static func transportError(_ error: RPCError, url: NetworkURL) -> TransportError {
        // The innermost cause is the one that says something: "connection refused", a certificate's fault.
        var cause: (any Error)? = error.cause
        while let inner = (cause as? RPCError)?.cause { cause = inner }
        let detail = cause.map { "\(error.message) (\($0))" } ?? error.message
        let text = detail.lowercased()
        if text.contains("certificate") || text.contains("handshakefailed") || text.contains("ssl") {
            return TransportError(.tls, "\(url): TLS failed: \(detail)")
        }
        return TransportError(error.code == .unavailable ? .unreachable : .lost, "\(url): \(detail)")
    }
}

/// Settings of the stream that both ends share.
enum StreamTuning {
    /// HTTP/2 flow-control window: at 64 KiB, the transport's default, one large offer stalls for a round trip.
    static let windowBytes = 1 << 20
}
