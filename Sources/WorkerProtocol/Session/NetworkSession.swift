import FoundationEssentials
package import Signing

/// The gateway's end of one session, as a value: it takes what happened and returns what to do.
///
/// It checks everything that a worker sends before the daemon sees it: order, signatures, bounds. Like
/// ``WorkerSession`` it never waits, reads a clock or touches a socket.
package struct NetworkSession: Sendable {
    package struct Configuration: Sendable {
        package var identity: Identity
        /// The network's name, for people.
        package var networkName: String
        /// Every `host:port` under which workers may dial this gateway.
        package var publicNames: Set<String>
        package var limits: SessionLimits

        package init(identity: Identity, networkName: String, publicNames: Set<String>, limits: SessionLimits = .init())
        {
            self.identity = identity
            self.networkName = networkName
            self.publicNames = publicNames
            self.limits = limits
        }
    }

    private enum State: Sendable {
        /// Nothing received. To `challenged` with Hello.
        case opened
        /// Challenge is out. To `proven` with Proof.
        case challenged(SessionTranscript, software: String)
        /// The worker is who it says it is; the daemon decides. To `welcomed` or `ended`.
        case proven
        /// Welcome is out. To `live` with the first Announce.
        case welcomed(SessionPulse)
        /// Offers may go out.
        case live(SessionPulse)
        /// Nothing leaves or enters any more.
        case ended
    }

    private let configuration: Configuration
    private let nonce: [UInt8]
    private let handshakeEnds: ContinuousClock.Instant
    private var state = State.opened
    private var reports = StateReportBudget()

    /// Begins a session for a stream that a worker opened.
    ///
    /// `nonce` is 32 random bytes, never used before; `now` is when the stream opened.
    package init(configuration: Configuration, nonce: [UInt8], at now: ContinuousClock.Instant) {
        self.configuration = configuration
        self.nonce = nonce
        handshakeEnds = now + SessionLimits.handshake
    }

    /// The instant at which ``timeReached(_:networkTimeMilliseconds:)`` must be called; `nil` once ended.
    package var deadline: ContinuousClock.Instant? {
        switch state {
        case .opened, .challenged, .proven: handshakeEnds
        case .welcomed(let pulse): min(handshakeEnds, pulse.deadline)
        case .live(let pulse): pulse.deadline
        case .ended: nil
        }
    }

    /// Takes one message of the worker.
    package mutating func messageReceived(_ message: WireWorkerMessage, at now: ContinuousClock.Instant) -> [Action] {
        guard let content = message.message else { return [] }  // From a newer protocol: ignored.
        switch (state, content) {
        case (.ended, _):
            return []
        case (.opened, .hello(let hello)):
            return greeted(hello)
        case (.challenged(let transcript, let software), .proof(let proof)):
            return proven(proof, transcript, software: software)
        case (.welcomed(var pulse), .announce(let announce)):
            pulse.heard(at: now)
            state = .live(pulse)
            return announced(announce)
        case (.live(var pulse), _):
            pulse.heard(at: now)
            state = .live(pulse)
            switch content {
            case .announce, .heartbeat:
                guard reports.take(at: now) else {
                    return violation("more than \(StateReportBudget.limit) reports of its state in 10 s")
                }
            default:
                break
            }
            return liveMessage(content)
        case (.opened, _), (.challenged, _), (.proven, _), (.welcomed, _):
            return violation("a message out of turn during the handshake")
        }
    }

    /// Tells the time; call it at ``deadline``.
    ///
    /// The network's time goes into the heartbeat.
    package mutating func timeReached(_ now: ContinuousClock.Instant, networkTimeMilliseconds: Int64) -> [Action] {
        var pulse: SessionPulse
        switch state {
        case .opened, .challenged, .proven:
            guard now >= handshakeEnds else { return [] }
            return end(.handshakeTimeout, "the worker did not finish the handshake within 10 s")
        case .welcomed(let running):
            if now >= handshakeEnds { return end(.handshakeTimeout, "the worker did not announce itself within 10 s") }
            pulse = running
        case .live(let running):
            pulse = running
        case .ended:
            return []
        }
        let due = pulse.timeReached(now)
        if case .live = state { state = .live(pulse) } else { state = .welcomed(pulse) }
        switch due {
        case .wait:
            return []
        case .beat:
            return [.send(.make { $0.heartbeat.networkTimeMs = networkTimeMilliseconds })]
        case .silent:
            return [.send(.end(.heartbeatMissed, "three heartbeats were missed"))]
                + end(.heartbeatMissed, "the worker was silent for three heartbeats")
        }
    }

    /// Takes the end of the stream.
    package mutating func streamEnded() -> [Action] {
        if case .ended = state { return [] }
        return end(.lost, "the connection was lost")
    }

    /// Ends the session from this side; the worker is told why.
    package mutating func endRequested(_ reason: WireSessionEndReason, _ message: String) -> [Action] {
        if case .ended = state { return [] }
        let code: SessionClosure.Code =
            switch reason {
            case .superseded: .superseded
            case .shutdown: .shutdown
            case .banned: .banned
            case .heartbeatMissed: .heartbeatMissed
            case .protocol, .unspecified, .UNRECOGNIZED: .protocolViolation
            }
        return [.send(.end(reason, message))] + end(code, message)
    }

    mutating func end(_ code: SessionClosure.Code, _ message: String) -> [Action] {
        state = .ended
        return [.close(.init(code, message))]
    }

    /// Ends the session because the worker breaks the protocol.
    mutating func violation(_ message: String) -> [Action] {
        [.send(.end(.protocol, message))] + end(.protocolViolation, message)
    }
}

// MARK: - Handshake

extension NetworkSession {
    private mutating func greeted(_ hello: WireHello) -> [Action] {
        guard hello.protocolVersion == WorkerProtocolVersion.current else {
            return reject(
                .unsupportedVersion,
                "protocol version \(hello.protocolVersion) is not spoken here; version \(WorkerProtocolVersion.current) is"
            )
        }
        guard let worker = try? Address(base58: hello.worker) else {
            return reject(.malformed, "Hello.worker is not an address")
        }
        guard hello.nonce.count == SessionTranscript.nonceBytes else {
            return reject(.malformed, "Hello.nonce has \(hello.nonce.count) bytes; 32 are expected")
        }
        guard hello.software.utf8.count <= 128 else {
            return reject(.malformed, "Hello.software is longer than 128 bytes")
        }
        guard configuration.publicNames.contains(hello.authority.lowercased()) else {
            return reject(
                .wrongAuthority,
                "the dialled authority is not one of this gateway's public_names"
            )
        }
        let transcript = SessionTranscript(
            gateway: configuration.identity.address,
            worker: worker,
            workerNonce: [UInt8](hello.nonce),
            gatewayNonce: nonce,
            authority: hello.authority
        )
        state = .challenged(transcript, software: hello.software)
        return [
            .send(
                .make {
                    $0.challenge.gateway = configuration.identity.address.description
                    $0.challenge.nonce = .init(nonce)
                    $0.challenge.signature = .init(configuration.identity.sign(transcript.gatewayText).bytes)
                }
            )
        ]
    }

    private mutating func proven(
        _ proof: WireProof,
        _ transcript: SessionTranscript,
        software: String
    ) -> [Action] {
        guard let payoutAddress = try? Address(base58: proof.payoutAddress) else {
            return reject(.malformed, "Proof.payout_address is not an address")
        }
        guard let signature = try? Signature(bytes: [UInt8](proof.signature)),
            transcript.worker.verify(signature, of: transcript.workerText(payoutAddress: payoutAddress))
        else {
            return reject(.badSignature, "Proof.signature does not verify for \(transcript.worker)")
        }
        state = .proven
        let introduction = WorkerIntroduction(
            worker: transcript.worker,
            payoutAddress: payoutAddress,
            software: software
        )
        return [.proven(introduction)]
    }

    /// Takes the proven worker in; call it as the answer to ``Action/proven(_:)``.
    package mutating func admitted(
        sessionID: String,
        shareBasisPoints: Int,
        networkTimeMilliseconds: Int64,
        at now: ContinuousClock.Instant
    ) -> [Action] {
        guard case .proven = state else { return [] }
        state = .welcomed(SessionPulse(interval: configuration.limits.heartbeatInterval, at: now))
        return [
            .send(
                .make {
                    $0.welcome.sessionID = sessionID
                    $0.welcome.networkTimeMs = networkTimeMilliseconds
                    $0.welcome.heartbeatIntervalMs = configuration.limits.heartbeatInterval.wireMilliseconds
                    $0.welcome.limits = configuration.limits.wire
                    $0.welcome.shareBps = UInt32(clamping: shareBasisPoints)
                    $0.welcome.networkName = configuration.networkName
                }
            )
        ]
    }

    /// Turns the worker away, proven or not; the stream is closed.
    package mutating func reject(
        _ reason: WireRejection,
        _ message: String,
        retryAfter: Duration? = nil
    ) -> [Action] {
        let rejected = WireNetworkMessage.make {
            $0.rejected.reason = reason
            $0.rejected.message = message
            $0.rejected.retryAfterMs = retryAfter?.wireMilliseconds ?? 0
        }
        return [.send(rejected)] + end(.rejected, message)
    }
}

extension WireNetworkMessage {
    static func end(_ reason: WireSessionEndReason, _ message: String) -> WireNetworkMessage {
        .make {
            $0.sessionEnd.reason = reason
            $0.sessionEnd.message = message
        }
    }
}
