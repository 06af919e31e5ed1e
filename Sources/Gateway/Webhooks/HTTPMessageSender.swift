import GatewayStore
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Operations
import Synchronization
import Webhooks

/// Posts messages to the URLs of strangers, and to nothing inside.
///
/// A name is resolved here, each of its addresses is checked, and the connection goes to an address that was checked:
/// a name that leads elsewhere a moment later leads nowhere. The name stays for the certificate and the `Host`. There is
/// one connection for each message, no proxy, no redirect, and of the answer only the status counts.
struct HTTPMessageSender: MessageSender {
    typealias Resolver = @Sendable (_ name: String) async throws -> [InternetAddress]

    /// Most addresses of one name that are tried.
    private static let addressLimit = 3

    private let allowsInside: Bool
    private let tls: NIOSSLContext
    private let timeout: Duration
    private let resolver: Resolver
    private let wallClock: WallClock
    private let timer: any Clock<Duration>

    /// - Parameters:
    ///   - allowsInside: Whether `http` and inside addresses are taken.
    ///   - caFile: The path of a PEM file: authorities of receivers' certificates, besides the system's.
    ///   - timeout: From the lookup of the name to the status of the answer.
    ///   - resolver: Finds the addresses of a name.
    ///   - wallClock: The time of day, which the receiver compares with its own.
    ///   - timer: Measures the timeout.
    /// - Throws: `NIOSSLError` if the authorities cannot be read.
    init(
        allowsInside: Bool,
        caFile: String? = nil,
        timeout: Duration = DeliverySchedule().timeout,
        resolver: @escaping Resolver = HostResolver.addresses,
        wallClock: WallClock = .live,
        timer: any Clock<Duration> = ContinuousClock()
    ) throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        // The answer is there: its receiver's farewell may be short.
        tls.shutdownTimeout = .seconds(1)
        tls.additionalTrustRoots = caFile.map { [.file($0)] } ?? []
        self.tls = try NIOSSLContext(configuration: tls)
        self.allowsInside = allowsInside
        self.timeout = timeout
        self.resolver = resolver
        self.wallClock = wallClock
        self.timer = timer
    }

    /// Why a message did not get through, in words for the account.
    private struct Failure: Error {
        var message: String

        init(_ message: String) { self.message = message }

        static let inside = Failure("the host leads to an address that is not of the open Internet")
    }

    func send(_ message: DueMessage) async -> SendOutcome {
        let status = AnsweredStatus()
        do {
            // Checked again: the switch may have been turned since the webhook was made.
            let url = try WebhookURL(message.url, allowsInside: allowsInside)
            var addresses: [InternetAddress] = []
            let lookUp = try await timer.measure { addresses = try await checkedAddresses(of: url) }
            try await within(timeout - lookUp) { [addresses] in
                try await post(message, to: url, at: addresses, status)
            }
            return outcome(of: status, or: "the connection ended before the answer")
        } catch let failure as Failure {
            return outcome(of: status, or: failure.message)
        } catch let refusal as WebhookURL.Refusal {
            return .failed("the URL is not taken any more: \(refusal.message)")
        } catch is HostResolver.Failure {
            return .failed("the host's name could not be resolved")
        } catch is HTTPParserError {
            return outcome(of: status, or: "the answer was not HTTP/1.1")
        } catch is CancellationError {
            return outcome(of: status, or: "the gateway stopped")
        } catch  where error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
            let reason = "the connection could not be secured: is the certificate valid for the host, and trusted?"
            return outcome(of: status, or: reason)
        } catch {
            return outcome(of: status, or: "the connection ended before the answer")
        }
    }

    /// What the receiver answered counts, however its connection ended after that.
    private func outcome(of status: AnsweredStatus, or failure: String) -> SendOutcome {
        status.value.map { .answered($0) } ?? .failed(failure)
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
    private func within(
        _ limit: Duration,
        _ operation: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await timer.sleep(for: limit)
                throw Failure("there was no answer within \(timeout.components.seconds) s")
            }
            group.addTask(operation: operation)
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    // MARK: - The exchange

    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    /// Posts a message, and notes the status of the answer.
    private func post(
        _ message: DueMessage,
        to url: WebhookURL,
        at addresses: [InternetAddress],
        _ status: AnsweredStatus
    ) async throws {
        let connection = try await connect(to: url, at: addresses)
        let head = head(of: message, to: url)
        try await connection.executeThenClose { inbound, outbound in
            // A receiver may answer, and close, before it has read all: what it answered counts. Whatever else ends the
            // writing ends the reading too.
            try? await outbound.write(contentsOf: [
                .head(head), .body(.byteBuffer(ByteBuffer(bytes: message.body))), .end(nil),
            ])
            for try await part in inbound {
                if case .head(let head) = part { return status.note(Int(head.status.code)) }
            }
        }
    }

    private func connect(to url: WebhookURL, at addresses: [InternetAddress]) async throws -> Connection {
        for address in addresses.prefix(Self.addressLimit) {
            try Task.checkCancellation()
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

/// The status that a receiver answered with, from the moment on in which it came.
private final class AnsweredStatus: Sendable {
    private let status = Mutex<Int?>(nil)

    var value: Int? { status.withLock { $0 } }

    func note(_ status: Int) {
        self.status.withLock { $0 = status }
    }
}
