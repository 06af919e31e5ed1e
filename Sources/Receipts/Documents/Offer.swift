package import InferenceAPI
package import Signing
package import StrictJSON

/// A job at a price, offered by a gateway to one worker: what the worker's work is paid by.
///
/// Signed by the gateway. Price and share are fixed here; a new attempt at the same job has a new nonce.
package struct Offer: SignedDocument {
    package static let payloadType = "application/vnd.decentral.offer.v1+json"

    package let jobID: JobID
    /// The gateway's address.
    package let network: Address
    package let worker: Address
    /// The address that is paid, as the worker proved it in the handshake.
    package let payoutAddress: Address
    /// The network's id of the model.
    package let model: String
    /// Of the caller's body, byte for byte.
    package let requestSHA256: Digest
    /// The most tokens that one choice may have; where the prompt is billed, those that it may have.
    package let maxOutputTokens: Int
    /// Prices and the number of choices: what turns the receipt's count into the charge.
    package let rule: ChargeRule
    /// What is set aside for the job: the charge where every choice uses up its limit.
    package let creditsLocked: Int
    /// The worker's share of the charge, in basis points.
    package let shareBPS: Int
    /// 32 bytes, new for each attempt; the receipt repeats them.
    package let nonce: [UInt8]
    /// When the lock is refunded, in network time.
    package let deadlineMS: Int64
    /// The signature of the lock.
    package let escrowTx: Signature

    package init(
        jobID: JobID,
        network: Address,
        worker: Address,
        payoutAddress: Address,
        model: String,
        requestSHA256: Digest,
        maxOutputTokens: Int,
        rule: ChargeRule,
        creditsLocked: Int,
        shareBPS: Int,
        nonce: [UInt8],
        deadlineMS: Int64,
        escrowTx: Signature
    ) {
        precondition(nonce.count == PayloadReader.nonceByteCount, "a nonce has 32 bytes")
        self.jobID = jobID
        self.network = network
        self.worker = worker
        self.payoutAddress = payoutAddress
        self.model = model
        self.requestSHA256 = requestSHA256
        self.maxOutputTokens = maxOutputTokens
        self.rule = rule
        self.creditsLocked = creditsLocked
        self.shareBPS = shareBPS
        self.nonce = nonce
        self.deadlineMS = deadlineMS
        self.escrowTx = escrowTx
    }

    package var signer: Address { network }

    /// The member that holds ``maxOutputTokens``; it says which tokens are billed.
    private static func limitName(_ billed: BilledTokens) -> String {
        switch billed {
        case .completion: "max_output_tokens"
        case .prompt: "max_prompt_tokens"
        }
    }

    package var fields: JSONObject {
        [
            "version": .integer(Self.version),
            "job_id": .string(jobID.description),
            "network": .string(network.description),
            "worker": .string(worker.description),
            "payout_address": .string(payoutAddress.description),
            "model": .string(model),
            "request_sha256": .string(requestSHA256.description),
            Self.limitName(rule.billed): .integer(maxOutputTokens),
            "choices": .integer(rule.choices),
            "credits_locked": .integer(creditsLocked),
            "credits_per_request": .integer(rule.creditsPerRequest),
            "credits_per_1k_tokens": .integer(rule.creditsPer1kTokens),
            "share_bps": .integer(shareBPS),
            "nonce": .string(Hex.encode(nonce)),
            "deadline_ms": .integer(Int(deadlineMS)),
            "escrow_tx": .string(escrowTx.base58),
        ]
    }

    package init(reading payload: PayloadReader) throws(ReceiptError) {
        let billed: BilledTokens = payload.members[Self.limitName(.prompt)] == nil ? .completion : .prompt
        self.init(
            jobID: try payload.jobID("job_id"),
            network: try payload.address("network"),
            worker: try payload.address("worker"),
            payoutAddress: try payload.address("payout_address"),
            model: try payload.text("model"),
            requestSHA256: try payload.digest("request_sha256"),
            maxOutputTokens: try payload.integer(Self.limitName(billed), in: 1...Amounts.largestTokens),
            rule: ChargeRule(
                creditsPerRequest: try payload.credits("credits_per_request"),
                creditsPer1kTokens: try payload.credits("credits_per_1k_tokens"),
                choices: try payload.integer("choices", in: 1...Amounts.largestChoices),
                billed: billed
            ),
            creditsLocked: try payload.credits("credits_locked"),
            shareBPS: try payload.integer("share_bps", in: 0...Amounts.wholeShareBPS),
            nonce: try payload.nonce("nonce"),
            deadlineMS: try payload.time("deadline_ms"),
            escrowTx: try payload.signature("escrow_tx")
        )
    }
}
