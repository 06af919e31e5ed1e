import InferenceAPI
import Receipts
import Signing
import WorkerProtocol

/// An offer of a gateway to a worker, good unless a test spoils it.
struct TestOffer {
    static let model = "tiny-chat"

    var gateway: Identity
    var worker: Address
    var payoutAddress: Address
    var jobID: JobID
    var body: [UInt8]
    var choices = 1
    var billed = BilledTokens.completion
    var maxOutputTokens = 500
    var shareBPS = 7_500
    var model = Self.model
    /// From `nowMS`.
    var deadline: Duration = .seconds(60)
    var nowMS: Int64

    init(gateway: Identity, worker: Address, jobID: JobID, nowMS: Int64, body: String = Self.body()) {
        self.gateway = gateway
        self.worker = worker
        payoutAddress = worker
        self.jobID = jobID
        self.nowMS = nowMS
        self.body = Array(body.utf8)
    }

    /// A request, with members of a test's own in front.
    static func body(_ members: String = "") -> String {
        #"{\#(members)"model":"tiny-chat","messages":[{"role":"user","content":"Say something."}]}"#
    }

    var offer: Offer {
        let rule = ChargeRule(creditsPerRequest: 2, creditsPer1kTokens: 1, choices: choices, billed: billed)
        return Offer(
            jobID: jobID,
            network: gateway.address,
            worker: worker,
            payoutAddress: payoutAddress,
            model: model,
            requestSHA256: Digest.sha256(body),
            maxOutputTokens: maxOutputTokens,
            rule: rule,
            creditsLocked: (try? rule.lock(maxOutputTokens: maxOutputTokens)) ?? 0,
            shareBPS: shareBPS,
            nonce: RandomBytes.make(count: 32),
            deadlineMS: nowMS + Int64(deadline.wireMilliseconds),
            escrowTx: gateway.sign(Array("lock".utf8))
        )
    }

    var wire: WireJobOffer { wire(of: offer) }

    func wire(of offer: Offer) -> WireJobOffer {
        .make {
            $0.jobID = jobID.description
            $0.requestID = "req_1"
            $0.body = .init(body)
            $0.deadlineInMs = deadline.wireMilliseconds
            $0.offer = .init(offer.sign(by: gateway).encoded)
        }
    }
}

extension SessionTerms {
    /// What a gateway grants in the tests.
    static func test(gateway: Address, limits: SessionLimits = SessionLimits()) -> SessionTerms {
        SessionTerms(
            gateway: gateway,
            sessionID: "sess_1",
            networkName: "test",
            networkTimeMilliseconds: 0,
            shareBasisPoints: 7_500,
            limits: limits
        )
    }
}
