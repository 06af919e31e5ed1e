import InferenceAPI
package import Signing

/// Everything that a worker checks of an offer before it accepts the job.
package struct OfferChecks: Sendable {
    /// No gateway waits longer for a job: an offer that promises more is a mistake, and would hold a slot.
    package static let longestDeadlineMS: Int64 = 60 * 60 * 1_000

    /// The gateway of the session's handshake.
    package let network: Address
    package let worker: Address
    /// As proven in the handshake.
    package let payoutAddress: Address
    /// As the session's welcome states it.
    package let shareBPS: Int

    package init(network: Address, worker: Address, payoutAddress: Address, shareBPS: Int) {
        self.network = network
        self.worker = worker
        self.payoutAddress = payoutAddress
        self.shareBPS = shareBPS
    }

    /// Takes the offer from its envelope if all of it holds.
    ///
    /// - Parameters:
    ///   - envelope: The text of the envelope.
    ///   - jobID: The job that the message around it names.
    ///   - body: The caller's body in the same message.
    ///   - choices: How many choices of that body are charged.
    ///   - billed: Which tokens are, for requests of its kind.
    ///   - nowMS: Network time.
    ///   - hostsModel: Whether the worker hosts a model.
    /// - Returns: The offer, every field of it checked.
    /// - Throws: ``OfferRefusal``.
    package func check(
        _ envelope: [UInt8],
        jobID: String,
        body: [UInt8],
        choices: Int,
        billed: BilledTokens = .completion,
        nowMS: Int64,
        hostsModel: (String) -> Bool
    ) throws(OfferRefusal) -> Offer {
        let offer: Offer
        do {
            offer = try Offer(verifying: envelope, signer: network)
        } catch {
            throw OfferRefusal(reason: .invalidSignature, message: error.message)
        }
        try require(offer.jobID.description == jobID, .sessionMismatch, "the offer is for another job than its message")
        try require(offer.worker == worker, .sessionMismatch, "the offer is for the worker \(offer.worker)")
        try require(
            offer.payoutAddress == payoutAddress,
            .sessionMismatch,
            "the offer pays \(offer.payoutAddress) and not \(payoutAddress)"
        )
        try require(
            offer.shareBPS == shareBPS,
            .termsMismatch,
            "the offer's share is \(offer.shareBPS) basis points, the session's is \(shareBPS)"
        )
        try require(
            offer.requestSHA256 == Digest.sha256(body),
            .requestMismatch,
            "the offer's request_sha256 is not that of the body"
        )
        try require(
            offer.rule.choices == choices,
            .termsMismatch,
            "the offer is for \(offer.rule.choices) choices, the body asks for \(choices)"
        )
        try require(
            offer.rule.billed == billed,
            .termsMismatch,
            "the offer bills the tokens of the \(offer.rule.billed.rawValue), and its body those of the \(billed.rawValue)"
        )
        // A lock that is smaller than the largest charge would not pay for the work.
        try require(
            (try? offer.rule.lock(maxOutputTokens: offer.maxOutputTokens)) == offer.creditsLocked,
            .termsMismatch,
            "the offer locks \(offer.creditsLocked) credits, which is not the charge at its limit of tokens"
        )
        try require(hostsModel(offer.model), .modelUnavailable, "the model of the offer is not hosted here")
        try require(offer.deadlineMS > nowMS, .deadlinePassed, "the offer's deadline has passed")
        try require(
            offer.deadlineMS - nowMS <= Self.longestDeadlineMS,
            .termsMismatch,
            "the offer's deadline is more than an hour away"
        )
        return offer
    }

    private func require(
        _ holds: Bool,
        _ reason: OfferRefusal.Reason,
        _ message: @autoclosure () -> String
    ) throws(OfferRefusal) {
        if !holds { throw OfferRefusal(reason: reason, message: message()) }
    }
}
