import InferenceAPI
import Signing
import Testing
import WorkerProtocol

/// Both ends of a session, wired together without a transport; tests look at the actions.
struct SessionPair {
    static let start = ContinuousClock.now
    let gatewayIdentity = Identity.generate()
    let workerIdentity = Identity.generate()
    var worker: WorkerSession
    var network: NetworkSession

    init(
        authority: String = "gateway.example:7443",
        publicNames: Set<String> = ["gateway.example:7443"],
        pinned: Address? = nil,
        payoutAddress: Address? = nil
    ) {
        let gateway = gatewayIdentity
        worker = WorkerSession(
            configuration: .init(
                identity: workerIdentity,
                payoutAddress: payoutAddress ?? workerIdentity.address,
                authority: authority,
                pinnedGateway: pinned,
                software: "test/1"
            ),
            nonce: [UInt8](repeating: 1, count: 32),
            at: Self.start
        )
        network = NetworkSession(
            configuration: .init(identity: gateway, networkName: "test", publicNames: publicNames),
            nonce: [UInt8](repeating: 2, count: 32),
            at: Self.start
        )
    }

    /// Runs the handshake to its end and returns the terms.
    mutating func connect(announcing announce: WireAnnounce = .init()) throws -> SessionTerms {
        let challenge = try #require(network.messageReceived(worker.hello, at: Self.start).sent.first)
        let proof = try #require(worker.messageReceived(challenge, at: Self.start).sent.first)
        let proven = network.messageReceived(proof, at: Self.start)
        guard case .proven = proven.first else {
            throw UnexpectedActions(description: "\(proven)")
        }
        let welcome = try #require(
            network.admitted(
                sessionID: "sess_1",
                shareBasisPoints: 7500,
                networkTimeMilliseconds: 1_000,
                at: Self.start
            ).sent.first
        )
        guard case .welcomed(let terms) = worker.messageReceived(welcome, at: Self.start).first else {
            throw UnexpectedActions(description: "no welcome")
        }
        _ = network.messageReceived(.make { $0.announce = announce }, at: Self.start)
        return terms
    }
}

struct UnexpectedActions: Error, CustomStringConvertible {
    let description: String
}

extension [NetworkSession.Action] {
    var sent: [WireNetworkMessage] { compactMap { if case .send(let message) = $0 { message } else { nil } } }
    var closure: SessionClosure? { compactMap { if case .close(let closure) = $0 { closure } else { nil } }.first }
}

extension [WorkerSession.Action] {
    var sent: [WireWorkerMessage] { compactMap { if case .send(let message) = $0 { message } else { nil } } }
    var closure: SessionClosure? { compactMap { if case .close(let closure) = $0 { closure } else { nil } }.first }
}
