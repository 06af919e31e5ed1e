package import Signing

/// What both ends of a handshake sign: who talks to whom, where, and with which nonces.
///
/// Shape: fields joined by one line feed, nothing after the last; the first is the signer's own domain string, so
/// that neither signature can be taken for the other or for anything else that these keys sign. Source: the
/// protocol document, "HANDSHAKE".
package struct SessionTranscript: Sendable, Equatable {
    package static let nonceBytes = 32
    static let gatewayDomain = "decentral/worker-session/v1/gateway"
    static let workerDomain = "decentral/worker-session/v1/worker"

    package var gateway: Address
    package var worker: Address
    /// 32 bytes, from `Hello`.
    package var workerNonce: [UInt8]
    /// 32 bytes, from `Challenge`.
    package var gatewayNonce: [UInt8]
    /// The `host:port` that the worker dialled.
    package var authority: String

    package init(
        gateway: Address,
        worker: Address,
        workerNonce: [UInt8],
        gatewayNonce: [UInt8],
        authority: String
    ) {
        self.gateway = gateway
        self.worker = worker
        self.workerNonce = workerNonce
        self.gatewayNonce = gatewayNonce
        self.authority = authority
    }

    /// The bytes that the gateway signs in `Challenge`.
    package var gatewayText: [UInt8] {
        Array(([Self.gatewayDomain] + fields).joined(separator: "\n").utf8)
    }

    /// The bytes that the worker signs in `Proof`.
    package func workerText(payoutAddress: Address) -> [UInt8] {
        Array(([Self.workerDomain] + fields + [payoutAddress.description]).joined(separator: "\n").utf8)
    }

    private var fields: [String] {
        [gateway.description, worker.description, Hex.encode(workerNonce), Hex.encode(gatewayNonce), authority]
    }
}
