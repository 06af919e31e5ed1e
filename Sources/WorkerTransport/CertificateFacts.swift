package import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// What a server's certificate says of itself, for finding out why it was refused.
package struct CertificateFacts: Sendable, Equatable {
    /// Unix seconds.
    package var validFrom: Int64
    package var validUntil: Int64
    /// The DNS names and IP addresses for which it was made.
    package var names: [String]

    package init(validFrom: Int64, validUntil: Int64, names: [String]) {
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.names = names
    }

    /// Why a certificate does not hold.
    package enum Fault: Sendable, Equatable {
        case expired
        case notYetValid
        /// It is another server's.
        case wrongName
        /// It is right in itself; then nobody whom this machine trusts has signed it.
        case unknownAuthority
    }

    /// What is wrong with a certificate that was refused.
    ///
    /// - Parameters:
    ///   - host: The name or address that was dialled.
    ///   - now: Unix seconds.
    /// - Returns: The first fault that explains the refusal: its time comes before its name.
    package func fault(host: String, now: Int64) -> Fault {
        if now > validUntil { return .expired }
        if now < validFrom { return .notYetValid }
        return names.contains { Self.matches(host.lowercased(), $0.lowercased()) } ? .unknownAuthority : .wrongName
    }

    /// Source: RFC 6125, section 6.4.3: `*` stands for the whole first label.
    private static func matches(_ host: String, _ name: String) -> Bool {
        if host == name { return true }
        guard name.hasPrefix("*."), let dot = host.firstIndex(of: ".") else { return false }
        return host[dot...] == name.dropFirst(1)
    }

    /// Looks at the certificate of a server without trusting it; nothing is sent but the handshake.
    ///
    /// - Returns: `nil` if the server does not show one within `limit`.
    package static func ofServer(_ url: NetworkURL, limit: TimeAmount = .seconds(5)) async -> CertificateFacts? {
        let shown = Mutex<CertificateFacts?>(nil)
        let isName = !HostPort.isIPv4(url.host) && !url.host.contains(":")
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.applicationProtocols = ["h2"]
            let context = try NIOSSLContext(configuration: configuration)
            let (looks, looked) = AsyncStream.makeStream(of: Void.self)
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(limit)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = try NIOSSLClientHandler(
                            context: context,
                            serverHostname: isName ? url.host : nil,
                            customVerificationCallback: { certificates, verdict in
                                shown.withLock { $0 = certificates.first.map(CertificateFacts.init) }
                                // Seen is enough: the connection ends here.
                                verdict.succeed(.failed)
                                looked.finish()
                            }
                        )
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
                .connect(host: url.host, port: url.port).get()
            channel.closeFuture.whenComplete { _ in looked.finish() }
            let timeout = channel.eventLoop.scheduleTask(in: limit) { looked.finish() }
            for await _ in looks {}
            timeout.cancel()
            try? await channel.close()
        } catch {
            return nil
        }
        return shown.withLock { $0 }
    }
}

extension CertificateFacts {
    init(_ certificate: NIOSSLCertificate) {
        validFrom = Int64(certificate.notValidBefore)
        validUntil = Int64(certificate.notValidAfter)
        names = certificate._subjectAlternativeNames().compactMap { name in
            let bytes = Array(name.contents)
            switch name.nameType {
            case .dnsName: return String(decoding: bytes, as: UTF8.self)
            case .ipAddress: return Self.address(bytes)
            default: return nil
            }
        }
    }

    private static func address(_ bytes: [UInt8]) -> String? {
        try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0).ipAddress
    }
}
