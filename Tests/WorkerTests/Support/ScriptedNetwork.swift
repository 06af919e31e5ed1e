import InferenceAPI
import Operations
import Receipts
import Signing
import Synchronization
import TestSupport
import WorkerProtocol
import WorkerTransport

/// A gateway that does what a test says: it greets workers by the protocol and reports what they send.
final class ScriptedNetwork: Sendable {
    let identity = Identity.generate()
    let transport = InProcessNetwork()
    /// What workers sent after the handshake, in order.
    let received: AsyncStream<WireWorkerMessage.OneOf_Message>
    private let report: AsyncStream<WireWorkerMessage.OneOf_Message>.Continuation
    private let limits: SessionLimits

    private struct State {
        var outbox: MessageOutbox<WireNetworkMessage>?
        var nextJob: UInt64 = 1
    }

    private let state = Mutex(State())

    init(limits: SessionLimits = SessionLimits()) {
        self.limits = limits
        (received, report) = AsyncStream.makeStream()
    }

    var now: Int64 { WallClock.live.nowMilliseconds }

    /// Takes workers until the task is cancelled.
    func run() async throws {
        try await transport.listen(onListening: { _ in }, serve: { stream in try await self.serve(stream) })
    }

    private func serve(_ stream: WorkerStream) async throws {
        let outbox = MessageOutbox<WireNetworkMessage>()
        let session = Mutex(
            NetworkSession(
                configuration: .init(
                    identity: identity,
                    networkName: "test",
                    publicNames: ["127.0.0.1:7443", "127.0.0.1:7444"],
                    limits: limits
                ),
                nonce: RandomBytes.make(count: 32),
                at: .now
            )
        )
        try await stream.exchange(sending: outbox) { message in
            var actions = session.withLock { $0.messageReceived(message, at: .now) }
            while !actions.isEmpty {
                switch actions.removeFirst() {
                case .send(let answer):
                    outbox.post(answer)
                case .proven:
                    actions += session.withLock {
                        $0.admitted(
                            sessionID: "sess_1",
                            shareBasisPoints: 7_500,
                            networkTimeMilliseconds: self.now,
                            at: .now
                        )
                    }
                case .announced:
                    self.state.withLock { $0.outbox = outbox }
                case .close:
                    outbox.finish()
                default:
                    break
                }
            }
            switch message.message {
            case .hello, .proof, .heartbeat, nil: break
            case let content?: self.report.yield(content)
            }
        }
    }

    /// Sends a message to the worker of the present session.
    func send(_ message: WireNetworkMessage) {
        state.withLock { $0.outbox }?.post(message)
    }

    /// Ends the session as a lost connection does.
    func breakSession() {
        state.withLock { $0.outbox = nil }
        transport.breakStreams()
    }

    // MARK: Jobs

    func makeOffer(to worker: Address, body: String = TestOffer.body()) -> TestOffer {
        let number = state.withLock { state in
            defer { state.nextJob += 1 }
            return state.nextJob
        }
        let id = JobID(milliseconds: now, random: number)
        return TestOffer(gateway: identity, worker: worker, jobID: id, nowMS: now, body: body)
    }

    /// Sends an offer to the worker of the present session.
    @discardableResult
    func offer(to worker: Address, body: String = TestOffer.body()) -> TestOffer {
        let offer = makeOffer(to: worker, body: body)
        send(.make { $0.jobOffer = offer.wire })
        return offer
    }

    /// The statement that settles a receipt, signed by `signer`.
    func statement(for finished: WireJobFinished, signedBy signer: Identity? = nil) throws -> [UInt8] {
        let envelope = try Envelope(parsing: [UInt8](finished.receipt))
        let signed = try envelope.signatures.first.map { try Address(base58: $0.keyID) } ?? identity.address
        let receipt = try Receipt(verifying: envelope, signer: signed)
        let amounts = try SettlementAmounts(creditsLocked: 2, creditsCharged: 2, shareBPS: 7_500)
        let entry = LedgerEntry(
            network: (signer ?? identity).address,
            sequence: 2,
            previous: Digest.sha256([]),
            atMS: now,
            event: .settle(
                LedgerEntry.Settlement(
                    jobID: receipt.jobID,
                    proofHash: receipt.proofHash,
                    worker: receipt.worker,
                    payoutAddress: receipt.payoutAddress,
                    amounts: amounts,
                    escrowTx: identity.sign(Array("lock".utf8))
                )
            )
        )
        return entry.sign(by: signer ?? identity).encoded
    }

    /// Accepts a receipt and says that it is paid.
    func settle(_ finished: WireJobFinished, sequence: UInt64 = 1) throws {
        let statement = try statement(for: finished)
        send(
            .make {
                $0.receiptAccepted.jobID = finished.jobID
                $0.receiptAccepted.statement = .init(statement)
            }
        )
        send(
            .make {
                $0.payout.sequence = sequence
                $0.payout.jobID = finished.jobID
                $0.payout.amountMicroUsdc = 15_000
                $0.payout.txSignature = "signature"
                $0.payout.slot = 2
                $0.payout.state = .credited
                $0.payout.createdAtMs = now
            }
        )
    }
}
