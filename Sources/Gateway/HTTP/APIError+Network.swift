import GatewayStore
import InferenceAPI
import WorkerProtocol

// What happens between the gateway and its workers, as the caller's error. Mapped here and nowhere else.

extension APIError {
    /// Seconds after which a caller may expect a slot to be free.
    static let retryWhenBusy = 2
    /// Seconds after which a worker may have come.
    static let retryWhenEmpty = 15

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
            self = .shuttingDown(retryAfter: Self.retryWhenEmpty)
        case .interrupted, .unknownJob, .refundedBefore, .settledBefore, .receiptRefused, .invalid:
            self = .internalError(requestID: requestID)
        }
    }

    /// Why no worker takes the job, now being Unix milliseconds.
    init(_ unavailable: WorkerRegistry.Unavailable, model: String, atMilliseconds now: Int64) {
        switch unavailable {
        case .noWorkers: self = .noWorkersAvailable(model: model, retryAfter: Self.retryWhenEmpty)
        case .setAside(let until):
            let seconds = Int((max(0, until - now) + 999) / 1_000)
            self = .noWorkersAvailable(model: model, retryAfter: max(1, seconds))
        case .atCapacity: self = .networkAtCapacity(model: model, retryAfter: Self.retryWhenBusy)
        case .unsupported(let feature):
            self = .unsupportedFeature(
                "No worker that hosts '\(model)' can do what the request needs: \(feature.rawValue).",
                param: feature.parameter
            )
        }
    }

    /// No backend of the model serves the route, whatever its worker announced.
    static func notServed() -> APIError {
        .unsupportedFeature("No backend of this model serves what the request asks for.", param: "model")
    }

    /// The error that a failed job means, if the request itself is at fault; then another worker would say the same.
    static func callersFault(_ failure: WireJobFailure) -> APIError? {
        switch failure {
        case .invalidRequest:
            APIError(.invalidParameter, "The model's backend refused the request as it is written.")
        case .contextLengthExceeded:
            .contextLengthExceeded()
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
        case .chatCompletions: break
        }
        return needed
    }
}
