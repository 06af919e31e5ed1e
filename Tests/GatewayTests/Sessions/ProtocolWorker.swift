import FoundationEssentials
import InferenceAPI
import Operations
import Receipts
import Signing
import TestSupport
import Testing
import WorkerProtocol
import WorkerTransport

@testable import Gateway

/// A worker that says what a test tells it to, and waits for what the gateway says.
final class ProtocolWorker {
    let identity: Identity
    private let outbox: MessageOutbox<WireWorkerMessage>
    private var messages: AsyncStream<WireNetworkMessage>.Iterator

    private init(
        _ identity: Identity,
        _ outbox: MessageOutbox<WireWorkerMessage>,
        _ messages: AsyncStream<WireNetworkMessage>
    ) {
        self.identity = identity
        self.outbox = outbox
        self.messages = messages.makeAsyncIterator()
    }

    /// Connects a worker, proves its identity, and lets `body` go on from there.
    static func run(
        as identity: Identity = .generate(),
        in gateway: NetworkHarness,
        _ body: (ProtocolWorker) async throws -> Void
    ) async throws {
        let outbox = MessageOutbox<WireWorkerMessage>()
        let (messages, continuation) = AsyncStream.makeStream(of: WireNetworkMessage.self)
        let network = gateway.network
        let session = Task {
            try? await network.openStream(sending: outbox) { continuation.yield($0) }
            continuation.finish()
        }
        let worker = ProtocolWorker(identity, outbox, messages)
        do {
            try await worker.prove()
            try await body(worker)
        } catch {
            outbox.finish()
            await session.value
            throw error
        }
        outbox.finish()
        await session.value
    }

    func send(_ fill: (inout WireWorkerMessage) -> Void) {
        outbox.post(.make(fill))
    }

    /// The next message that `pick` wants; what comes before it is passed over.
    func next<Value>(_ pick: (WireNetworkMessage.OneOf_Message) -> Value?) async throws -> Value {
        while let message = await messages.next() {
            if let content = message.message, let value = pick(content) { return value }
        }
        throw TransportError(.lost, "the gateway ended the session before it said what was waited for")
    }

    private func prove() async throws {
        let nonce = RandomBytes.make(count: SessionTranscript.nonceBytes)
        send {
            $0.hello.protocolVersion = WorkerProtocolVersion.current
            $0.hello.worker = identity.address.description
            $0.hello.nonce = .init(nonce)
            $0.hello.software = "test/1"
            $0.hello.authority = NetworkHarness.authority
        }
        let challenge = try await next { if case .challenge(let challenge) = $0 { challenge } else { nil } }
        let transcript = SessionTranscript(
            gateway: try Address(base58: challenge.gateway),
            worker: identity.address,
            workerNonce: nonce,
            gatewayNonce: [UInt8](challenge.nonce),
            authority: NetworkHarness.authority
        )
        send {
            $0.proof.payoutAddress = identity.address.description
            $0.proof.signature = .init(identity.sign(transcript.workerText(payoutAddress: identity.address)).bytes)
        }
    }

    /// Announces one healthy model and returns the standing that answers it.
    func announce(_ model: String = "qwen3-8b", slots: UInt32 = 2) async throws -> WireStanding {
        _ = try await next { if case .welcome = $0 { true } else { nil } }
        send {
            $0.announce.name = "rig"
            $0.announce.models = [
                .make {
                    $0.id = model
                    $0.slots = slots
                    $0.freeSlots = slots
                    $0.contextWindow = 32_768
                    $0.health = .healthy
                }
            ]
        }
        return try await next { if case .standing(let standing) = $0 { standing } else { nil } }
    }

    /// Does a job as a worker should: one delta, and a receipt that holds unless `proof` is spoilt.
    func work(on wire: WireJobOffer, for gateway: Address, spoilingProof: Bool = false) throws {
        let offer = try Offer(verifying: try Envelope(parsing: [UInt8](wire.offer)), signer: gateway)
        let accepted = WallClock.live.nowMilliseconds
        send { $0.jobAccepted.jobID = wire.jobID }
        send {
            $0.jobDelta.jobID = wire.jobID
            $0.jobDelta.choices = [
                .make {
                    $0.content = "ready"
                    $0.finishReason = "stop"
                }
            ]
        }
        var output = OutputAccumulator(choiceCount: 1, byteLimit: 100)
        try output.append(
            ChoiceDelta(
                index: 0,
                content: spoilingProof ? "another" : "ready",
                finishReason: .stop
            )
        )
        let usage = TokenUsage(promptTokens: 9, completionTokens: 2, source: .backend)
        let receipt = Receipt(
            jobID: offer.jobID,
            network: gateway,
            worker: identity.address,
            payoutAddress: identity.address,
            model: offer.model,
            nonce: offer.nonce,
            requestSHA256: offer.requestSHA256,
            outputSHA256: OutputDigest.of(output.choices),
            usage: usage,
            finishReasons: [.stop],
            times: JobTimes(acceptedAtMS: accepted, firstTokenAtMS: accepted, finishedAtMS: accepted)
        )
        send {
            $0.jobFinished.jobID = wire.jobID
            $0.jobFinished.promptTokens = 9
            $0.jobFinished.completionTokens = 2
            $0.jobFinished.usageSource = .backend
            $0.jobFinished.receipt = .init(receipt.sign(by: identity).encoded)
        }
    }

    func offer() async throws -> WireJobOffer {
        try await next { if case .jobOffer(let offer) = $0 { offer } else { nil } }
    }

    func selfTestResult() async throws -> WireSelfTestResult {
        try await next { if case .selfTestResult(let result) = $0 { result } else { nil } }
    }
}
