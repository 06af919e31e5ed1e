/// Why a session ended, and what the worker should do about it.
package struct SessionClosure: Sendable, Equatable, Error, CustomStringConvertible {
    /// A closed set: the code decides whether and how soon a worker dials again.
    package enum Code: String, Sendable {
        /// The stream broke. Dial again with back-off; running jobs wait for it.
        case lost
        /// The other end was silent for too long. As `lost`.
        case heartbeatMissed = "heartbeat_missed"
        /// The handshake took too long. As `lost`.
        case handshakeTimeout = "handshake_timeout"
        /// Another session of the same identity was proven.
        case superseded
        /// The network refused this worker; dialling at once gets the same answer.
        case rejected
        /// The network does not take this worker any more. As `rejected`.
        case banned
        /// The gateway is not the one it should be: a bad signature, or not the pinned address. Fix the setup.
        case unverifiedGateway = "unverified_gateway"
        /// Another session of this process stands with the same gateway already. Fix the setup.
        case duplicate
        /// A message that the protocol does not allow.
        case protocolViolation = "protocol_violation"
        /// Draining is done; both ends parted in order.
        case drained
        /// The gateway shut down. As `lost`.
        case shutdown
    }

    package var code: Code
    /// A sentence for people.
    package var message: String
    /// The network's wish; `nil`: the worker's own back-off decides.
    package var retryAfter: Duration?

    package init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    package var description: String { message }
}

extension SessionClosure {
    /// The closure that a gateway's last message means.
    init(_ end: WireSessionEnd) {
        switch end.reason {
        case .superseded: self.init(.superseded, "the network ended the session: \(end.message)")
        case .heartbeatMissed: self.init(.heartbeatMissed, "the network missed this worker's heartbeats")
        case .protocol: self.init(.protocolViolation, "the network ended the session: \(end.message)")
        case .shutdown: self.init(.shutdown, "the network's gateway shut down")
        case .banned: self.init(.banned, "the network does not take this worker any more: \(end.message)")
        case .unspecified, .UNRECOGNIZED: self.init(.lost, "the network ended the session: \(end.message)")
        }
    }

    init(_ rejected: WireRejected) {
        let wish = rejected.retryAfterMs > 0 ? Duration.milliseconds(Int64(rejected.retryAfterMs)) : nil
        switch rejected.reason {
        case .busy, .draining:
            self.init(.lost, "the network is not taking sessions now: \(rejected.message)", retryAfter: wish)
        case .banned:
            self.init(.banned, "the network does not take this worker: \(rejected.message)", retryAfter: wish)
        case .unspecified, .unsupportedVersion, .malformed, .badSignature, .wrongAuthority, .UNRECOGNIZED:
            self.init(.rejected, "the network refused the session: \(rejected.message)", retryAfter: wish)
        }
    }
}
