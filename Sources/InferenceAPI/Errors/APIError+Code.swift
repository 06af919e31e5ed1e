extension APIError {
    /// The `error.code` that callers read; each has one status and one type.
    package enum Code: String, Sendable, CaseIterable {
        // The request is wrong; it will be as wrong when sent again.
        case invalidJSON = "invalid_json"
        case missingParameter = "missing_parameter"
        case invalidParameter = "invalid_parameter"
        case unknownParameter = "unknown_parameter"
        case unsupportedFeature = "unsupported_feature"
        case contextLengthExceeded = "context_length_exceeded"
        case methodNotAllowed = "method_not_allowed"
        case requestTooLarge = "request_too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case malformedRequest = "malformed_request"
        case requestTimeout = "request_timeout"
        case targetTooLong = "uri_too_long"
        case headersTooLarge = "headers_too_large"
        // Nobody, or somebody unknown, asks.
        case missingAPIKey = "missing_api_key"
        case invalidAPIKey = "invalid_api_key"
        case expiredAPIKey = "expired_api_key"
        case invalidSignature = "invalid_signature"
        // It is not paid for.
        case insufficientCredits = "insufficient_credits"
        case spendingCapReached = "spending_cap_reached"
        // It is not allowed.
        case modelNotAllowed = "model_not_allowed"
        case operationNotAllowed = "operation_not_allowed"
        // It is not there.
        case modelNotFound = "model_not_found"
        case jobNotFound = "job_not_found"
        case keyNotFound = "key_not_found"
        case webhookNotFound = "webhook_not_found"
        case routeNotFound = "route_not_found"
        // The idempotency key was used before.
        case idempotencyConflict = "idempotency_conflict"
        case idempotencyReplay = "idempotency_replay"
        // The network is at fault; nothing was charged.
        case internalError = "internal_error"
        case workerFailed = "worker_failed"
        case invalidProof = "invalid_proof"
        case noWorkersAvailable = "no_workers_available"
        case networkAtCapacity = "network_at_capacity"
        case shuttingDown = "shutting_down"
        case jobTimeout = "job_timeout"
    }
}

extension APIError.Code {
    /// The HTTP status; OpenAI's clients choose their exception by it.
    package var status: Int {
        switch self {
        case .invalidJSON, .missingParameter, .invalidParameter, .unknownParameter, .unsupportedFeature,
            .contextLengthExceeded, .malformedRequest:
            400
        case .missingAPIKey, .invalidAPIKey, .expiredAPIKey, .invalidSignature: 401
        case .insufficientCredits, .spendingCapReached: 402
        case .modelNotAllowed, .operationNotAllowed: 403
        case .modelNotFound, .jobNotFound, .keyNotFound, .webhookNotFound, .routeNotFound: 404
        case .methodNotAllowed: 405
        case .idempotencyConflict, .idempotencyReplay: 409
        case .requestTimeout: 408
        case .requestTooLarge: 413
        case .targetTooLong: 414
        case .unsupportedMediaType: 415
        case .headersTooLarge: 431
        case .internalError: 500
        case .workerFailed, .invalidProof: 502
        case .noWorkersAvailable, .networkAtCapacity, .shuttingDown: 503
        case .jobTimeout: 504
        }
    }

    /// The `type` of the error's body.
    package var type: String {
        switch status {
        case 401: "authentication_error"
        case 402: "payment_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 409: "conflict_error"
        case 500: "server_error"
        case 502: "worker_error"
        case 503: "capacity_error"
        case 504: "timeout_error"
        default: "invalid_request_error"
        }
    }
}
