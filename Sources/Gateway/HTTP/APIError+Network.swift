import GatewayStore
import InferenceAPI
import WorkerProtocol

// What happens between the gateway and its workers, as the caller's error. Mapped here and nowhere else.

extension APIError {
    /// Why no credits could be locked.
    init(_ error: LedgerError, tier: Tier, requestID: String) {
        switch error.code {
        case .insufficientCredits(let balance, let required):
            self = .insufficientCredits(balance: balance, tier: tier.title, required: required)
        case .spendingCapReached(let cap):
            self = .spendingCapReached(cap: cap)
        case .idempotencyKeyUsed(let jobID):
            self = .idempotencyReplay(jobID: jobID.description)
        case .storeUnavailable:
            self = .shuttingDown(retryAfter: RetryEstimate.storeUnavailable)
        case .interrupted, .unknownJob, .refundedBefore, .settledBefore, .receiptRefused, .invalid:
            self = .internalError(requestID: requestID)
        }
    }

    /// Workers host the model, and none can do what the request needs.
    static func unsupported(_ feature: LiveWorker.Feature, by model: String) -> APIError {
        .unsupportedFeature(
            "No worker that hosts '\(model)' can do what the request needs: \(feature.rawValue).",
            param: feature.parameter
        )
    }

    /// The error with its parameter as a kind of request calls it; what arises between gateway and workers speaks of
    /// chat completions.
    func inWords(of kind: RequestKind) -> APIError {
        guard let param, kind.parameter(forChat: param) != param else { return self }
        return APIError(code, message, param: kind.parameter(forChat: param), retryAfter: retryAfter, jobID: jobID)
    }

    /// No backend of the model serves the route, whatever its worker announced.
    static func notServed() -> APIError {
        .unsupportedFeature("No backend of this model serves what the request asks for.", param: "model")
    }

    /// The error that a failed job means, if the request itself is at fault; then another worker would say the same.
    static func callersFault(_ failure: WireJobFailure, kind: RequestKind) -> APIError? {
        switch failure {
        case .invalidRequest:
            APIError(.invalidParameter, "The model's backend refused the request as it is written.")
        case .contextLengthExceeded:
            .contextLengthExceeded(param: kind.promptParameter)
        case .backendError, .backendUnavailable, .backendTimeout, .backendProtocol, .cancelled, .outputTooLarge,
            .workerError, .unsupported, .unspecified, .UNRECOGNIZED:
            nil
        }
    }
}

extension LiveWorker.Feature {
    /// The parameter that asks for it; `nil` where the route itself does.
    fileprivate var parameter: String? {
        switch self {
        case .tools: "tools"
        case .structuredOutput: "response_format"
        case .logprobs: "logprobs"
        case .completions, .embeddings: nil
        }
    }
}

extension InferenceRequest {
    /// What a backend must be able to do for this request.
    var neededFeatures: Set<LiveWorker.Feature> {
        var needed: Set<LiveWorker.Feature> = []
        if needsTools { needed.insert(.tools) }
        if needsStructuredOutput { needed.insert(.structuredOutput) }
        if needsLogprobs { needed.insert(.logprobs) }
        switch kind {
        case .chatCompletions, .responses: break
        case .completions: needed.insert(.completions)
        case .embeddings: needed.insert(.embeddings)
        }
        return needed
    }
}
