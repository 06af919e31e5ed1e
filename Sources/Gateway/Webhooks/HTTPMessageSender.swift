import GatewayStore
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Operations
import Webhooks

/// Posts messages to the URLs of strangers, and to nothing inside.
///
/// A name is resolved here, each of its addresses is checked, and the connection goes to an address that was checked:
/// a name that leads elsewhere a moment later leads nowhere. The name stays for the certificate and the `Host`. There is
/// one connection for each message, no proxy, no redirect, and of the answer only the status counts.
struct HTTPMessageSender: MessageSender {
    typealias Resolver = @Sendable (_ name: String) async throws -> [InternetAddress]

    /// Whether `http` and inside addresses are taken.
    var allowsInside: Bool
    /// What a receiver's certificate is held against.
    var tls: NIOSSLContext
    /// From the first packet to the end of the answer, the lookup of the name included.
    var timeout: Duration = DeliverySchedule().timeout
    var resolver: Resolver = HostResolver.addresses
    /// The time of day, which the receiver compares with its own.
    var wallClock: WallClock = .live
    var timer: any Clock<Duration> = ContinuousClock()

    /// Most addresses of one name that are tried.
    private static let addressLimit = 3

    /// Why a message did not get through, in words for the account.
    private struct Failure: Error {
        var message: String

        init(_ message: String) { self.message = message }

        static let inside = Failure("the host leads to an address that is not of the open Internet")
    }

    func send(_ message: DueMessage) async -> SendOutcome {
        do {
            // Checked again: the switch may have been turned since the webhook was made.
            let url = try WebhookURL(message.url, allowsInside: allowsInside)
            var addresses: [InternetAddress] = []
            let lookUp = try await timer.measure { addresses = try await checkedAddresses(of: url) }
            return .answered(
                try await within(timeout - lookUp) { [addresses] in
                    try await post(message, to: url, at: addresses)
                }
            )
        } catch let failure as Failure {
            return .failed(failure.message)
        } catch let refusal as WebhookURL.Refusal {
            return .failed("the URL is not taken any more: \(refusal.message)")
        } catch is HostResolver.Failure {
            return .failed("the host's name could not be resolved")
        } catch is NIOSSLError {
            return .failed("the connection could not be secured: is the certificate valid for the host, and trusted?")
        } catch is HTTPParserError {
            return .failed("the answer was not HTTP/1.1")
        } catch is CancellationError {
            return .failed("the gateway stopped")
        } catch {
            return .failed("the connection ended before the answer")
        }
    }

    /// The addresses that a URL leads to, if they are all for anybody.
    private func checkedAddresses(of url: WebhookURL) async throws -> [InternetAddress] {
        let addresses =
            if let address = InternetAddress(url.host) { [address] } else { try await resolver(url.host) }
        // One that leads inside says what the name is for, whatever the others are.
        guard allowsInside || addresses.allSatisfy(\.isPublic) else { throw Failure.inside }
        return addresses
    }

    /// Ends an operation that takes too long.
    private func within<Value: Sendable>(
        _ limit: Duration,
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask {
                try await timer.sleep(for: limit)
                throw Failure("there was no answer within \(timeout.components.seconds) s")
            }
            group.addTask(operation: operation)
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    // MARK: - The exchange

    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    /// Posts a message, and returns the status of the answer.
    private func post(_ message: DueMessage, to url: WebhookURL, at addresses: [InternetAddress]) async throws -> Int {
        let connection = try await connect(to: url, at: addresses)
        let head = head(of: message, to: url)
        return try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(.head(head))
            try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: message.body))))
            try await outbound.write(.end(nil))
            for try await part in inbound {
                if case .head(let head) = part { return Int(head.status.code) }
            }
            throw Failure("the connection ended before the answer")
        }
    }

    private func connect(to url: WebhookURL, at addresses: [InternetAddress]) async throws -> Connection {
        for address in addresses.prefix(Self.addressLimit) {
            let socket = try SocketAddress(
                packedIPAddress: ByteBuffer(bytes: address.bytes),
                port: url.port
            )
            do {
                return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .connectTimeout(.seconds(timeout.components.seconds / Int64(Self.addressLimit)))
                    .connect(to: socket) { channel in
                        channel.eventLoop.makeCompletedFuture { try configure(channel, for: url) }
                    }
            } catch is IOError {
                continue
            } catch is ChannelError {
                continue
            }
        }
        throw Failure("no connection could be made")
    }

    private func configure(_ channel: any Channel, for url: WebhookURL) throws -> Connection {
        let pipeline = channel.pipeline.syncOperations
        if url.isSecure {
            // An address stands in no server name indication; its certificate is held against the address itself.
            let name = InternetAddress(url.host) == nil ? url.host : nil
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
        }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 8 << 10
        limits.maxHeaderListSize = 16 << 10
        limits.maxHeaderFieldCount = 100
        try pipeline.addHTTPClientHandlers(decoderLimitConfiguration: limits)
        return try Connection(wrappingChannelSynchronously: channel)
    }

    /// Source: Standard Webhooks, "Webhook headers".
    private func head(of message: DueMessage, to url: WebhookURL) -> HTTPRequestHead {
        let timestamp = wallClock.nowMilliseconds / 1_000
        let signature = message.secret.signature(id: message.messageID, timestamp: timestamp, body: message.body)
        return HTTPRequestHead(
            version: .http1_1,
            method: .POST,
            uri: url.target,
            headers: [
                "host": url.authority,
                "user-agent": "\(GatewayDaemon.program)/\(GatewayDaemon.version)",
                "content-type": "application/json",
                "content-length": "\(message.body.count)",
                "connection": "close",
                "webhook-id": message.messageID,
                "webhook-timestamp": "\(timestamp)",
                "webhook-signature": signature,
            ]
        )
    }
}
