package import InferenceAPI
package import Signing

/// Everything that a gateway checks of a receipt before it settles the job.
package struct ReceiptChecks: Sendable {
    /// How far a worker's times may be from the gateway's own.
    package static let clockToleranceMS: Int64 = 30_000

    /// Tokens that a choice may have beyond the bytes of its output: ends of turns and the like.
    package static let invisibleTokensPerChoice = 16

    package let offer: Offer
    /// Of the caller's body, as the gateway computed it.
    package let requestSHA256: Digest
    /// The final choices, rebuilt from the deltas that were relayed.
    package let output: [FinalChoice]
    /// The gateway's own readings: when the acceptance, the first delta and the last one came.
    package let times: JobTimes

    package init(offer: Offer, requestSHA256: Digest, output: [FinalChoice], times: JobTimes) {
        self.offer = offer
        self.requestSHA256 = requestSHA256
        self.output = output
        self.times = times
    }

    /// Takes the receipt from its envelope if all of it holds.
    ///
    /// - Throws: ``ReceiptRefusal``; never `jobLost` or `unknownJob`, which only the database can tell.
    package func check(_ envelope: [UInt8]) throws(ReceiptRefusal) -> Receipt {
        let receipt: Receipt
        do {
            receipt = try Receipt(verifying: envelope, signer: offer.worker)
        } catch {
            throw ReceiptRefusal(reason: .invalidSignature, message: error.message)
        }
        try checkOffer(receipt)
        guard receipt.requestSHA256 == requestSHA256 else {
            throw ReceiptRefusal(reason: .requestMismatch, message: "request_sha256 is not that of the caller's body")
        }
        try checkOutput(receipt)
        try checkTimes(receipt.times)
        try checkCounts(receipt.usage)
        return receipt
    }

    private func checkOffer(_ receipt: Receipt) throws(ReceiptRefusal) {
        let differing: String? =
            if receipt.jobID != offer.jobID {
                "job_id"
            } else if receipt.network != offer.network {
                "network"
            } else if receipt.payoutAddress != offer.payoutAddress {
                "payout_address"
            } else if !receipt.model.utf8.elementsEqual(offer.model.utf8) {
                "model"
            } else if receipt.nonce != offer.nonce {
                "nonce"
            } else {
                nil
            }
        if let differing {
            throw ReceiptRefusal(reason: .offerMismatch, message: "\(differing) is not the offer's")
        }
    }

    private func checkOutput(_ receipt: Receipt) throws(ReceiptRefusal) {
        let form = offer.rule.billed.outputForm
        // The inputs of a request for vectors are one choice to the charge; how many there are the digest says.
        let isWhole = form == .vectors ? !output.isEmpty : output.count == offer.rule.choices
        guard isWhole, receipt.outputSHA256 == OutputDigest.of(output, form: form) else {
            throw ReceiptRefusal(reason: .outputMismatch, message: "output_sha256 is not that of the output relayed")
        }
        let reasons = form == .vectors ? [] : output.sorted { $0.index < $1.index }.map(\.finishReason)
        guard receipt.finishReasons == reasons else {
            throw ReceiptRefusal(reason: .outputMismatch, message: "finish_reasons are not those of the output relayed")
        }
    }

    private func checkTimes(_ claimed: JobTimes) throws(ReceiptRefusal) {
        guard claimed.acceptedAtMS <= claimed.firstTokenAtMS ?? claimed.acceptedAtMS,
            claimed.firstTokenAtMS ?? claimed.acceptedAtMS <= claimed.finishedAtMS
        else {
            throw ReceiptRefusal(reason: .times, message: "accepted, first token, finished: the times are out of order")
        }
        try checkTime("accepted_at_ms", claimed.acceptedAtMS, times.acceptedAtMS)
        try checkTime("finished_at_ms", claimed.finishedAtMS, times.finishedAtMS)
        switch (claimed.firstTokenAtMS, times.firstTokenAtMS) {
        case (let claimed?, let observed?):
            try checkTime("first_token_at_ms", claimed, observed)
        case (.some, nil):
            throw ReceiptRefusal(reason: .times, message: "first_token_at_ms is set, and no output was relayed")
        case (nil, _) where outputBytes > 0:
            throw ReceiptRefusal(reason: .times, message: "first_token_at_ms is null, and output was relayed")
        case (nil, _):
            // A delta that held a finish reason alone is no token.
            break
        }
    }

    private func checkTime(_ name: String, _ claimed: Int64, _ observed: Int64) throws(ReceiptRefusal) {
        let difference = claimed - observed
        guard difference.magnitude <= Self.clockToleranceMS.magnitude else {
            throw ReceiptRefusal(
                reason: .times,
                message: "\(name) is \(difference) ms from the network's time, and at most"
                    + " \(Self.clockToleranceMS) are allowed"
            )
        }
    }

    /// A count is a claim that nobody can repeat; it is held to what it cannot exceed.
    private func checkCounts(_ usage: TokenUsage) throws(ReceiptRefusal) {
        let choices = offer.rule.choices
        if offer.rule.billed == .prompt {
            guard usage.completionTokens == 0, usage.promptTokens <= offer.maxOutputTokens else {
                throw ReceiptRefusal(
                    reason: .counts,
                    message:
                        "prompt_tokens is \(usage.promptTokens) and completion_tokens \(usage.completionTokens), and"
                        + " the offer allows \(offer.maxOutputTokens) and none"
                )
            }
            return
        }
        guard usage.completionTokens <= choices * offer.maxOutputTokens else {
            throw ReceiptRefusal(
                reason: .counts,
                message: "completion_tokens is \(usage.completionTokens), and the offer allows"
                    + " \(choices) × \(offer.maxOutputTokens)"
            )
        }
        guard usage.completionTokens <= outputBytes + Self.invisibleTokensPerChoice * choices else {
            throw ReceiptRefusal(
                reason: .counts,
                message: "completion_tokens is \(usage.completionTokens), and the output has \(outputBytes) bytes"
            )
        }
    }

    /// Bytes of all texts relayed.
    private var outputBytes: Int {
        output.reduce(0) { bytes, choice in
            choice.toolCalls.reduce(
                bytes + choice.content.utf8.count + choice.reasoningContent.utf8.count + choice.refusal.utf8.count
                    + choice.embedding.count
            ) { $0 + $1.id.utf8.count + $1.name.utf8.count + $1.arguments.utf8.count }
        }
    }
}
