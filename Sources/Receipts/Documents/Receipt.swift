package import InferenceAPI
package import Signing
package import StrictJSON

/// What a worker did for an offer.
///
/// Signed by the worker; the digest of its payload is the job's `proof_hash`.
package struct Receipt: SignedDocument {
    package static let payloadType = "application/vnd.decentral.receipt.v1+json"

    package let jobID: JobID
    /// The gateway's address.
    package let network: Address
    package let worker: Address
    package let payoutAddress: Address
    /// The network's id of the model.
    package let model: String
    /// The offer's nonce.
    package let nonce: [UInt8]
    /// Of the caller's body, byte for byte.
    package let requestSHA256: Digest
    /// Of the final choices; see ``OutputDigest``.
    package let outputSHA256: Digest
    /// Tokens over all choices, and who counted them.
    package let usage: TokenUsage
    /// Of each choice, ordered by index; empty for vectors, which are there or not.
    package let finishReasons: [FinishReason]
    package let times: JobTimes

    /// The receipt for an offer, whose terms it repeats.
    package init(
        offer: Offer,
        outputSHA256: Digest,
        usage: TokenUsage,
        finishReasons: [FinishReason],
        times: JobTimes
    ) {
        self.init(
            jobID: offer.jobID,
            network: offer.network,
            worker: offer.worker,
            payoutAddress: offer.payoutAddress,
            model: offer.model,
            nonce: offer.nonce,
            requestSHA256: offer.requestSHA256,
            outputSHA256: outputSHA256,
            usage: usage,
            finishReasons: finishReasons,
            times: times
        )
    }

    package init(
        jobID: JobID,
        network: Address,
        worker: Address,
        payoutAddress: Address,
        model: String,
        nonce: [UInt8],
        requestSHA256: Digest,
        outputSHA256: Digest,
        usage: TokenUsage,
        finishReasons: [FinishReason],
        times: JobTimes
    ) {
        precondition(nonce.count == PayloadReader.nonceByteCount, "a nonce has 32 bytes")
        self.jobID = jobID
        self.network = network
        self.worker = worker
        self.payoutAddress = payoutAddress
        self.model = model
        self.nonce = nonce
        self.requestSHA256 = requestSHA256
        self.outputSHA256 = outputSHA256
        self.usage = usage
        self.finishReasons = finishReasons
        self.times = times
    }

    package var signer: Address { worker }

    /// The digest of the payload, which the ledger and the caller's answer name.
    package var proofHash: Digest { digest }

    package var fields: JSONObject {
        [
            "version": .integer(Self.version),
            "job_id": .string(jobID.description),
            "network": .string(network.description),
            "worker": .string(worker.description),
            "payout_address": .string(payoutAddress.description),
            "model": .string(model),
            "nonce": .string(Hex.encode(nonce)),
            "request_sha256": .string(requestSHA256.description),
            "output_sha256": .string(outputSHA256.description),
            "prompt_tokens": .integer(usage.promptTokens),
            "completion_tokens": .integer(usage.completionTokens),
            "usage_source": .string(usage.source.rawValue),
            "finish_reasons": .array(finishReasons.map { .string($0.rawValue) }),
            "accepted_at_ms": .integer(Int(times.acceptedAtMS)),
            "first_token_at_ms": times.firstTokenAtMS.map { .integer(Int($0)) } ?? .null,
            "finished_at_ms": .integer(Int(times.finishedAtMS)),
        ]
    }

    package init(reading payload: PayloadReader) throws(ReceiptError) {
        let largestCompletion = Amounts.largestTokens * Amounts.largestChoices
        self.init(
            jobID: try payload.jobID("job_id"),
            network: try payload.address("network"),
            worker: try payload.address("worker"),
            payoutAddress: try payload.address("payout_address"),
            model: try payload.text("model"),
            nonce: try payload.nonce("nonce"),
            requestSHA256: try payload.digest("request_sha256"),
            outputSHA256: try payload.digest("output_sha256"),
            usage: TokenUsage(
                promptTokens: try payload.integer("prompt_tokens", in: 0...Amounts.largestTokens),
                completionTokens: try payload.integer("completion_tokens", in: 0...largestCompletion),
                source: try payload.choice("usage_source", of: UsageSource.self)
            ),
            finishReasons: try payload.choices("finish_reasons", of: FinishReason.self),
            times: JobTimes(
                acceptedAtMS: try payload.time("accepted_at_ms"),
                firstTokenAtMS: try payload.optionalTime("first_token_at_ms"),
                finishedAtMS: try payload.time("finished_at_ms")
            )
        )
    }
}
