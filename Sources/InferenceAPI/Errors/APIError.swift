import StrictJSON

/// An error as a caller of the HTTP API sees it.
///
/// One maker for each code is in `APIError+Makers.swift`. The texts name parameters, ids and numbers; they never
/// quote a message, a tool or an output, so an error may be logged.
package struct APIError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where ``docs`` leads.
    package static let docsPage = "https://docs.usedecentral.org/api-reference/errors"

    package let code: Code
    /// A sentence for a person: what was wrong, and what would be right.
    package let message: String
    /// The parameter at fault, as `messages.[0].content`.
    package let param: String?
    /// For the codes of status 503: seconds after which another try makes sense, also sent as `Retry-After`.
    package let retryAfter: Int?
    /// The job that it is about, if there is one; also sent as `x-decentral-job-id`.
    package let jobID: String?

    package init(
        _ code: Code,
        _ message: String,
        param: String? = nil,
        retryAfter: Int? = nil,
        jobID: String? = nil
    ) {
        self.code = code
        self.message = message
        self.param = param
        self.retryAfter = retryAfter
        self.jobID = jobID
    }

    /// The same error, of a job.
    package func about(jobID: String) -> APIError {
        APIError(code, message, param: param, retryAfter: retryAfter, jobID: jobID)
    }

    /// The HTTP status.
    package var status: Int { code.status }

    package var type: String { code.type }

    /// The page that explains the code.
    package var docs: String { "\(Self.docsPage)#\(code.rawValue)" }

    /// The value of `x-should-retry`; `nil` leaves the header out.
    ///
    /// OpenAI's clients retry 409 and 5xx by themselves. Where the same job would run again for nothing they are
    /// told not to; where waiting helps, to do it. Past a minute they would ignore `Retry-After` and come at once.
    package var shouldRetry: Bool? {
        switch code {
        case .idempotencyConflict, .idempotencyReplay, .invalidProof, .jobTimeout: false
        case .noWorkersAvailable, .networkAtCapacity, .shuttingDown:
            if let retryAfter, retryAfter <= 60 { true } else { nil }
        default: nil
        }
    }

    /// The body: `{"error":{"code","message","type","param","docs"}}`, and `retry_after` where there is one.
    package var body: [UInt8] {
        var error: JSONObject = [
            "code": .string(code.rawValue),
            "message": .string(message),
            "type": .string(type),
            "param": param.map(JSONValue.string) ?? .null,
            "docs": .string(docs),
        ]
        if let retryAfter { error.append("retry_after", .integer(retryAfter)) }
        return JSONValue.object(["error": .object(error)]).encoded()
    }

    package var description: String {
        param.map { "\(code.rawValue) (\($0)): \(message)" } ?? "\(code.rawValue): \(message)"
    }
}
