package import StrictJSON

// The texts of all errors stand here together, so that they can be read as a caller reads them.

// MARK: - The request

extension APIError {
    package static func invalidJSON(_ error: JSONError) -> APIError {
        APIError(.invalidJSON, "The body is not valid JSON: \(error).")
    }

    package static func invalidJSON(_ message: String) -> APIError {
        APIError(.invalidJSON, message)
    }

    package static func missingParameter(_ param: String) -> APIError {
        APIError(.missingParameter, "Missing required parameter: '\(param)'.", param: param)
    }

    /// A value of the wrong type or range; `expected` says what would be right: "a number from 0 to 2".
    package static func invalidParameter(_ param: String, expected: String) -> APIError {
        APIError(.invalidParameter, "Invalid value for '\(param)': expected \(expected).", param: param)
    }

    /// A value that breaks a rule which "expected …" would not say; `rule` is a whole sentence.
    package static func invalidParameter(_ param: String, rule: String) -> APIError {
        APIError(.invalidParameter, rule, param: param)
    }

    package static func unknownParameter(_ param: String) -> APIError {
        APIError(.unknownParameter, "Unknown parameter: '\(param)'.", param: param)
    }

    package static func unsupportedFeature(_ message: String, param: String? = nil) -> APIError {
        APIError(.unsupportedFeature, message, param: param)
    }

    /// The prompt or the limit on its output is too long for the model, whose window is named where it is known.
    package static func contextLengthExceeded(contextWindow: Int? = nil, param: String = "messages") -> APIError {
        let window = contextWindow.map { " of \($0) tokens" } ?? ""
        return APIError(
            .contextLengthExceeded,
            "The \(param) and the output asked for do not fit the model's context window\(window).",
            param: param
        )
    }

    package static func methodNotAllowed(_ method: String) -> APIError {
        APIError(.methodNotAllowed, "This route does not take \(method).")
    }

    package static func requestTooLarge(limit: Int) -> APIError {
        APIError(.requestTooLarge, "The body has more than \(limit) bytes.")
    }

    package static func unsupportedMediaType() -> APIError {
        APIError(.unsupportedMediaType, "The body must be JSON, sent with 'Content-Type: application/json'.")
    }
}

// MARK: - The request's form

extension APIError {
    package static func malformedRequest() -> APIError {
        APIError(.malformedRequest, "The bytes sent are not a well-formed HTTP/1.1 request.")
    }

    package static func targetTooLong(limit: Int) -> APIError {
        APIError(.targetTooLong, "The request's path and query have more than \(limit) bytes.")
    }

    package static func headersTooLarge(fieldLimit: Int, limit: Int, count: Int) -> APIError {
        APIError(
            .headersTooLarge,
            "The headers are too large: one may have \(fieldLimit) bytes, all together \(limit), in \(count) fields."
        )
    }

    /// `part` of the request ("headers", "body") took too long; it may take `seconds`.
    package static func requestTimeout(_ part: String, seconds: Int) -> APIError {
        APIError(.requestTimeout, "The request's \(part) did not come within \(seconds) s, or stood still.")
    }
}

// MARK: - The caller

extension APIError {
    package static func missingAPIKey() -> APIError {
        APIError(.missingAPIKey, "No API key was given: send 'Authorization: Bearer' and a key.")
    }

    package static func invalidAPIKey() -> APIError {
        APIError(.invalidAPIKey, "The API key is not valid.")
    }

    package static func expiredAPIKey() -> APIError {
        APIError(.expiredAPIKey, "The API key has expired.")
    }

    /// A signed request or sign-in does not hold; `message` says which rule it breaks.
    package static func invalidSignature(_ message: String) -> APIError {
        APIError(.invalidSignature, message)
    }

    /// The account cannot pay; `balance` and `required` are credits, `tier` has its capital: "Standard".
    package static func insufficientCredits(balance: Int, tier: String, required: Int) -> APIError {
        APIError(
            .insufficientCredits,
            "Your credit balance (\(credits(balance))) is insufficient for the \(tier) tier "
                + "(\(credits(required)) required)."
        )
    }

    package static func spendingCapReached(cap: Int) -> APIError {
        APIError(.spendingCapReached, "This API key has reached its spending cap of \(credits(cap)).")
    }

    package static func modelNotAllowed(_ model: String) -> APIError {
        APIError(.modelNotAllowed, "This API key may not use the model '\(model)'.", param: "model")
    }

    package static func operationNotAllowed(_ message: String) -> APIError {
        APIError(.operationNotAllowed, message)
    }

    private static func credits(_ count: Int) -> String {
        count == 1 ? "1 credit" : "\(count) credits"
    }
}

// MARK: - Things

extension APIError {
    package static func modelNotFound(_ model: String) -> APIError {
        APIError(.modelNotFound, "The model '\(model)' does not exist.", param: "model")
    }

    /// A superseded id whose retirement date, `day`, has come.
    package static func modelRetired(_ model: String, on day: String, successor: String) -> APIError {
        APIError(
            .modelNotFound,
            "The model '\(model)' was retired on \(day). Its successor is '\(successor)'.",
            param: "model"
        )
    }

    package static func jobNotFound() -> APIError {
        APIError(.jobNotFound, "This account has no such job.")
    }

    package static func keyNotFound() -> APIError {
        APIError(.keyNotFound, "This account has no such API key.")
    }

    package static func webhookNotFound() -> APIError {
        APIError(.webhookNotFound, "This account has no such webhook.")
    }

    package static func deliveryNotFound() -> APIError {
        APIError(.webhookNotFound, "This account has no such webhook, or the webhook no such delivery.")
    }

    package static func routeNotFound() -> APIError {
        APIError(.routeNotFound, "There is no such route.")
    }

    package static func idempotencyConflict() -> APIError {
        APIError(.idempotencyConflict, "This Idempotency-Key was used with another body or route in the last 24 hours.")
    }

    /// The job was made before, and its answer is a stream, or not in memory any more.
    package static func idempotencyReplay(jobID: String) -> APIError {
        APIError(
            .idempotencyReplay,
            "This Idempotency-Key belongs to job \(jobID), whose answer cannot be sent again. You were not charged again.",
            jobID: jobID
        )
    }
}

// MARK: - The network

extension APIError {
    /// A fault of ours: the request id is all that a caller learns, and the logs have the rest under it.
    package static func internalError(requestID: String) -> APIError {
        APIError(.internalError, "Something went wrong on our side. Request id: \(requestID).")
    }

    package static func workerFailed() -> APIError {
        APIError(.workerFailed, "The worker could not finish the job. You were not charged.")
    }

    package static func invalidProof() -> APIError {
        APIError(.invalidProof, "The worker's receipt does not match its output. You were not charged.")
    }

    package static func noWorkersAvailable(model: String, retryAfter: Int) -> APIError {
        APIError(
            .noWorkersAvailable,
            "No worker hosts '\(model)' right now. Try again in \(retryAfter) s.",
            retryAfter: retryAfter
        )
    }

    package static func networkAtCapacity(model: String, retryAfter: Int) -> APIError {
        APIError(
            .networkAtCapacity,
            "Every worker that hosts '\(model)' is busy. Try again in \(retryAfter) s.",
            retryAfter: retryAfter
        )
    }

    /// The account has as many requests in progress as it may.
    package static func accountAtCapacity(limit: Int, retryAfter: Int) -> APIError {
        APIError(
            .networkAtCapacity,
            "This account has \(limit) requests in progress, the most at a time. Try again in \(retryAfter) s.",
            retryAfter: retryAfter
        )
    }

    /// The gateway itself, not a model's workers, has its hands full.
    package static func gatewayAtCapacity(retryAfter: Int) -> APIError {
        APIError(
            .networkAtCapacity,
            "The gateway serves as many requests as it can. Try again in \(retryAfter) s.",
            retryAfter: retryAfter
        )
    }

    package static func shuttingDown(retryAfter: Int = 5) -> APIError {
        APIError(
            .shuttingDown,
            "The gateway is restarting. Try again in \(retryAfter) s.",
            retryAfter: retryAfter
        )
    }

    /// The deadline, `seconds` after the lock, has passed.
    package static func jobTimeout(seconds: Int = 120) -> APIError {
        APIError(.jobTimeout, "The job was not finished within \(seconds) s. You were not charged.")
    }
}
