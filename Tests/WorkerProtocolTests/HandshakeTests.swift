import FoundationEssentials
import InferenceAPI
import Signing
import Testing
import WorkerProtocol

@Suite struct HandshakeTests {
    @Test func `a worker and a gateway that know nothing of each other agree on terms`() throws {
        var pair = SessionPair()
        let terms = try pair.connect()
        #expect(terms.gateway == pair.gatewayIdentity.address)
        #expect(terms.shareBasisPoints == 7500)
        #expect(terms.limits == SessionLimits())
        #expect(terms.networkTimeMilliseconds == 1_000)
    }

    @Test func `the signed texts are those of the protocol document`() throws {
        let gateway = Identity.generate().address
        let worker = Identity.generate().address
        let transcript = SessionTranscript(
            gateway: gateway,
            worker: worker,
            workerNonce: [UInt8](repeating: 0xAB, count: 32),
            gatewayNonce: [UInt8](repeating: 0x01, count: 32),
            authority: "h:1"
        )
        let ab = String(repeating: "ab", count: 32)
        let one = String(repeating: "01", count: 32)
        #expect(
            String(decoding: transcript.gatewayText, as: UTF8.self)
                == "decentral/worker-session/v1/gateway\n\(gateway)\n\(worker)\n\(ab)\n\(one)\nh:1"
        )
        #expect(
            String(decoding: transcript.workerText(payoutAddress: gateway), as: UTF8.self)
                == "decentral/worker-session/v1/worker\n\(gateway)\n\(worker)\n\(ab)\n\(one)\nh:1\n\(gateway)"
        )
    }

    @Test func `a gateway that signs with another key is not trusted`() throws {
        var pair = SessionPair()
        var challenge = try #require(pair.network.messageReceived(pair.worker.hello, at: SessionPair.start).sent.first)
        challenge.challenge.gateway = Identity.generate().address.description
        let closure = pair.worker.messageReceived(challenge, at: SessionPair.start).closure
        #expect(closure?.code == .unverifiedGateway)
    }

    @Test func `a gateway other than the pinned one is not talked to`() throws {
        var pair = SessionPair(pinned: Identity.generate().address)
        let challenge = try #require(pair.network.messageReceived(pair.worker.hello, at: SessionPair.start).sent.first)
        let actions = pair.worker.messageReceived(challenge, at: SessionPair.start)
        #expect(actions.closure?.code == .unverifiedGateway)
        #expect(actions.sent.isEmpty)
    }

    @Test func `a worker that does not own its address is rejected`() throws {
        var pair = SessionPair()
        let challenge = try #require(pair.network.messageReceived(pair.worker.hello, at: SessionPair.start).sent.first)
        var proof = try #require(pair.worker.messageReceived(challenge, at: SessionPair.start).sent.first)
        proof.proof.signature[0] ^= 1
        let actions = pair.network.messageReceived(proof, at: SessionPair.start)
        #expect(actions.sent.first?.rejected.reason == .badSignature)
        #expect(actions.closure?.code == .rejected)
    }

    @Test func `the payout address is part of what the worker signs`() throws {
        var pair = SessionPair()
        let challenge = try #require(pair.network.messageReceived(pair.worker.hello, at: SessionPair.start).sent.first)
        var proof = try #require(pair.worker.messageReceived(challenge, at: SessionPair.start).sent.first)
        proof.proof.payoutAddress = Identity.generate().address.description
        let actions = pair.network.messageReceived(proof, at: SessionPair.start)
        #expect(actions.sent.first?.rejected.reason == .badSignature)
    }

    @Test func `a signature made for another gateway's name cannot be passed on`() throws {
        var pair = SessionPair(authority: "other.example:7443")
        let actions = pair.network.messageReceived(pair.worker.hello, at: SessionPair.start)
        #expect(actions.sent.first?.rejected.reason == .wrongAuthority)
    }

    @Test func `an unknown protocol version is rejected with a sentence`() throws {
        var pair = SessionPair()
        var hello = pair.worker.hello
        hello.hello.protocolVersion = 2
        let rejected = try #require(pair.network.messageReceived(hello, at: SessionPair.start).sent.first?.rejected)
        #expect(rejected.reason == .unsupportedVersion)
        #expect(rejected.message.contains("version 1"))
    }

    @Test(arguments: [0, 31, 33]) func `a nonce of the wrong length is malformed`(count: Int) throws {
        var pair = SessionPair()
        var hello = pair.worker.hello
        hello.hello.nonce = .init([UInt8](repeating: 0, count: count))
        let actions = pair.network.messageReceived(hello, at: SessionPair.start)
        #expect(actions.sent.first?.rejected.reason == .malformed)
    }

    @Test func `a job message before the handshake ends the session`() throws {
        var pair = SessionPair()
        let actions = pair.network.messageReceived(.make { $0.jobAccepted.jobID = "x" }, at: SessionPair.start)
        #expect(actions.closure?.code == .protocolViolation)
        #expect(actions.sent.first?.sessionEnd.reason == .protocol)
        #expect(pair.network.messageReceived(pair.worker.hello, at: SessionPair.start).isEmpty)
    }

    @Test func `a handshake that does not end within ten seconds is given up at both ends`() throws {
        var pair = SessionPair()
        let late = SessionPair.start + .seconds(10)
        #expect(pair.worker.deadline == late)
        #expect(pair.network.deadline == late)
        #expect(pair.worker.timeReached(late - .milliseconds(1)).isEmpty)
        #expect(pair.worker.timeReached(late).closure?.code == .handshakeTimeout)
        #expect(pair.network.timeReached(late, networkTimeMilliseconds: 0).closure?.code == .handshakeTimeout)
    }

    @Test func `messages of a newer protocol are ignored`() throws {
        var pair = SessionPair()
        _ = try pair.connect()
        #expect(pair.network.messageReceived(WireWorkerMessage(), at: SessionPair.start).isEmpty)
        #expect(pair.worker.messageReceived(WireNetworkMessage(), at: SessionPair.start).isEmpty)
    }

    @Test func `a rejection tells the worker when to come back`() throws {
        var pair = SessionPair()
        let rejected = pair.network.reject(.busy, "too many", retryAfter: .seconds(5)).sent[0]
        let closure = pair.worker.messageReceived(rejected, at: SessionPair.start).closure
        #expect(closure?.code == .lost)
        #expect(closure?.retryAfter == .seconds(5))
    }
}
