import InferenceAPI
import Receipts
import Signing
import WorkerProtocol

/// Checks an offer against the session that it came on and against what this worker hosts, before a slot is taken.
struct OfferReview: Sendable {
    /// A job with less time than this is left to another worker.
    static let leastTime: Duration = .seconds(1)

    let worker: Address
    let payoutAddress: Address

    /// Checks signature, digest and terms, and reads the request.
    ///
    /// - Parameters:
    ///   - wire: The message as it came.
    ///   - terms: Of the session.
    ///   - models: What this worker hosts.
    ///   - networkTime: Unix milliseconds.
    ///   - now: When the message came.
    /// - Returns: What the worker may agree to.
    /// - Throws: The refusal to send.
    func review(
        _ wire: WireJobOffer,
        terms: SessionTerms,
        models: ModelTable,
        networkTime: Int64,
        at now: ContinuousClock.Instant
    ) throws(JobRefusal) -> AcceptedOffer {
        guard wire.body.count <= terms.limits.bodyBytes else {
            throw JobRefusal(.tooLarge, "the request has more than \(terms.limits.bodyBytes) bytes")
        }
        let body = [UInt8](wire.body)
        let envelope = [UInt8](wire.offer)
        let request = try read(body, as: wire.kind)
        let checks = OfferChecks(
            network: terms.gateway,
            worker: worker,
            payoutAddress: payoutAddress,
            shareBPS: terms.shareBasisPoints
        )
        let offer: Offer
        do {
            offer = try checks.check(
                envelope,
                jobID: wire.jobID,
                body: body,
                choices: request.choiceCount,
                billed: BilledTokens(request.kind),
                nowMS: networkTime,
                hostsModel: { models[$0] != nil }
            )
        } catch {
            throw JobRefusal(error)
        }
        guard !wire.selfTest || offer.creditsLocked == 0 else {
            throw JobRefusal(.invalidOffer, "a test job locks no credits, and this one \(offer.creditsLocked)")
        }
        try models[offer.model]?.check(request)
        // The nearer of the two counts: the message may have been under way for long, or the clocks may differ.
        let remaining = min(Int64(wire.deadlineInMs), offer.deadlineMS - networkTime)
        let deadline = now + .milliseconds(remaining)
        guard deadline - now >= terms.limits.deadlineMargin + Self.leastTime else {
            throw JobRefusal(.tooLittleTime, "\(remaining) ms until the deadline are too few")
        }
        return AcceptedOffer(
            requestID: wire.requestID,
            offer: offer,
            envelope: envelope,
            request: request,
            deadline: deadline,
            isSelfTest: wire.selfTest
        )
    }

    private func read(_ body: [UInt8], as wire: WireRequestKind) throws(JobRefusal) -> InferenceRequest {
        guard let kind = RequestKind(wire) else {
            throw JobRefusal(.unsupported, "requests of the kind \(wire.rawValue) are not known here")
        }
        do {
            return try InferenceRequest.parse(body, as: kind)
        } catch {
            // The gateway has checked the request, so its rules are newer than ours. No value of it is quoted.
            throw JobRefusal(.unsupported, "the request cannot be read here (\(error.code))")
        }
    }
}

extension JobRefusal {
    init(_ refusal: OfferRefusal) {
        switch refusal.reason {
        case .invalidSignature, .sessionMismatch, .requestMismatch, .termsMismatch:
            self.init(.invalidOffer, refusal.message)
        case .modelUnavailable:
            self.init(.modelUnavailable, refusal.message)
        case .deadlinePassed:
            self.init(.tooLittleTime, refusal.message)
        }
    }
}

extension ModelTable.Entry {
    /// Refuses a request that needs what the backend cannot do.
    ///
    /// Also one whose prompt alone is longer than a job may be, however long its tokens are.
    func check(_ request: InferenceRequest) throws(JobRefusal) {
        let window = min(section.contextWindow, reported.contextWindow ?? .max)
        let leastTokens = request.leastPromptTokens
        guard leastTokens < window else {
            throw JobRefusal(.tooLarge, "the prompt has at least \(leastTokens) tokens, of \(window) in the context")
        }
        let needs: [(Bool, ModelSection.Feature)] = [
            (request.needsTools, .tools), (request.needsStructuredOutput, .structuredOutput),
            (request.needsLogprobs, .logprobs), (request.kind == .completions, .completions),
            (request.kind == .embeddings, .embeddings),
        ]
        for (isNeeded, feature) in needs where isNeeded && !section.features.contains(feature) {
            throw JobRefusal(.unsupported, "the model's backend has no \(feature.rawValue)")
        }
    }
}
