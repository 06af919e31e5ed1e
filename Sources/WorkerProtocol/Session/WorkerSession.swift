import FoundationEssentials
package import Signing

/// The worker's end of one session, as a value: it takes what happened and returns what to do.
///
/// It never waits, reads a clock or touches a socket; the daemon feeds it messages and the time, and performs the
/// actions in order. A session lives as long as its stream; jobs outlive it (``DeltaLog``).
package struct WorkerSession: Sendable {
    package struct Configuration: Sendable {
        package var identity: Identity
        package var payoutAddress: Address
        /// The `host:port` dialled.
        package var authority: String
        /// The only gateway to talk to; `nil`: any that proves an address.
        package var pinnedGateway: Address?
        /// Name and version, for people.
        package var software: String

        package init(
            identity: Identity,
            payoutAddress: Address,
            authority: String,
            pinnedGateway: Address?,
            software: String
        ) {
            self.identity = identity
            self.payoutAddress = payoutAddress
            self.authority = authority
            self.pinnedGateway = pinnedGateway
            self.software = software
        }
    }

    private enum State: Sendable {
        /// Hello is out. To `proving` with the gateway's challenge.
        case greeting(deadline: ContinuousClock.Instant)
        /// Proof is out. To `live` with Welcome.
        case proving(Address, deadline: ContinuousClock.Instant)
        /// Welcomed. To `ended`.
        case live(SessionTerms, SessionPulse)
        /// Nothing leaves or enters any more.
        case ended
    }

    private let configuration: Configuration
    private let nonce: [UInt8]
    private var state: State

    /// Begins a session.
    ///
    /// `nonce` is 32 random bytes, never used before; `now` is when the stream opened, and the handshake must end
    /// within ``SessionLimits/handshake`` of it.
    package init(configuration: Configuration, nonce: [UInt8], at now: ContinuousClock.Instant) {
        self.configuration = configuration
        self.nonce = nonce
        state = .greeting(deadline: now + SessionLimits.handshake)
    }

    /// The first message of the stream.
    package var hello: WireWorkerMessage {
        .make {
            $0.hello.protocolVersion = WorkerProtocolVersion.current
            $0.hello.worker = configuration.identity.address.description
            $0.hello.nonce = .init(nonce)
            $0.hello.software = configuration.software
            $0.hello.authority = configuration.authority
        }
    }

    /// What was agreed, once the session is live.
    package var terms: SessionTerms? {
        if case .live(let terms, _) = state { terms } else { nil }
    }

    /// The gateway's address, once it has proven it; the worker's own proof is the action that follows.
    package var gateway: Address? {
        switch state {
        case .proving(let gateway, _): gateway
        case .live(let terms, _): terms.gateway
        case .greeting, .ended: nil
        }
    }

    /// The instant at which ``timeReached(_:)`` must be called; `nil` once ended.
    package var deadline: ContinuousClock.Instant? {
        switch state {
        case .greeting(let deadline), .proving(_, let deadline): deadline
        case .live(_, let pulse): pulse.deadline
        case .ended: nil
        }
    }

    /// Takes one message of the gateway.
    package mutating func messageReceived(_ message: WireNetworkMessage, at now: ContinuousClock.Instant) -> [Action] {
        guard let content = message.message else { return [] }  // From a newer protocol: ignored.
        switch (state, content) {
        case (.ended, _):
            return []
        case (_, .sessionEnd(let end)):
            return close(SessionClosure(end))
        case (.greeting(let deadline), .challenge(let challenge)):
            return challenged(challenge, deadline: deadline)
        case (.greeting, .rejected(let rejected)), (.proving, .rejected(let rejected)):
            return close(SessionClosure(rejected))
        case (.proving(let gateway, _), .welcome(let welcome)):
            return welcomed(welcome, by: gateway, at: now)
        case (.live(let terms, var pulse), _):
            pulse.heard(at: now)
            state = .live(terms, pulse)
            return liveMessage(content)
        case (.greeting, _), (.proving, _):
            return violation("the gateway sent a message out of turn during the handshake")
        }
    }

    /// Tells the time; call it at ``deadline``.
    package mutating func timeReached(_ now: ContinuousClock.Instant) -> [Action] {
        switch state {
        case .greeting(let deadline), .proving(_, let deadline):
            guard now >= deadline else { return [] }
            return close(.init(.handshakeTimeout, "the gateway did not finish the handshake within 10 s"))
        case .live(let terms, var pulse):
            let due = pulse.timeReached(now)
            state = .live(terms, pulse)
            switch due {
            case .wait: return []
            case .beat: return [.sendHeartbeat]
            case .silent: return close(.init(.heartbeatMissed, "the gateway was silent for three heartbeats"))
            }
        case .ended:
            return []
        }
    }

    /// Takes the end of the stream; `reason` is nil when the gateway closed it in order.
    package mutating func streamEnded(_ reason: String?) -> [Action] {
        if case .ended = state { return [] }
        return close(.init(.lost, reason.map { "the connection was lost: \($0)" } ?? "the gateway closed the stream"))
    }
}

// MARK: - Handshake

extension WorkerSession {
    private mutating func challenged(_ challenge: WireChallenge, deadline: ContinuousClock.Instant) -> [Action] {
        guard let gateway = try? Address(base58: challenge.gateway),
            challenge.nonce.count == SessionTranscript.nonceBytes,
            let signature = try? Signature(bytes: [UInt8](challenge.signature))
        else {
            return violation("the gateway's challenge is malformed")
        }
        if let pinned = configuration.pinnedGateway, pinned != gateway {
            return close(
                .init(.unverifiedGateway, "the gateway is \(gateway), but gateway_address pins \(pinned)")
            )
        }
        let transcript = SessionTranscript(
            gateway: gateway,
            worker: configuration.identity.address,
            workerNonce: nonce,
            gatewayNonce: [UInt8](challenge.nonce),
            authority: configuration.authority
        )
        guard gateway.verify(signature, of: transcript.gatewayText) else {
            return close(.init(.unverifiedGateway, "the gateway's signature does not verify for \(gateway)"))
        }
        state = .proving(gateway, deadline: deadline)
        let text = transcript.workerText(payoutAddress: configuration.payoutAddress)
        return [
            .send(
                .make {
                    $0.proof.payoutAddress = configuration.payoutAddress.description
                    $0.proof.signature = .init(configuration.identity.sign(text).bytes)
                }
            )
        ]
    }

    private mutating func welcomed(
        _ welcome: WireWelcome,
        by gateway: Address,
        at now: ContinuousClock.Instant
    ) -> [Action] {
        guard SessionLimits.times.contains(welcome.networkTimeMs) else {
            return violation("the gateway's time is \(welcome.networkTimeMs), which is none")
        }
        let limits = SessionLimits(welcome.limits, heartbeatIntervalMilliseconds: welcome.heartbeatIntervalMs)
        let terms = SessionTerms(
            gateway: gateway,
            sessionID: welcome.sessionID,
            networkName: welcome.networkName,
            networkTimeMilliseconds: welcome.networkTimeMs,
            shareBasisPoints: Int(welcome.shareBps),
            limits: limits
        )
        state = .live(terms, SessionPulse(interval: limits.heartbeatInterval, at: now))
        return [.welcomed(terms)]
    }

    /// Ends the session because the gateway breaks the protocol.
    mutating func violation(_ message: String) -> [Action] {
        close(.init(.protocolViolation, message))
    }

    mutating func close(_ closure: SessionClosure) -> [Action] {
        state = .ended
        return [.close(closure)]
    }
}
