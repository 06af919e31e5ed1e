import InferenceAPI
import StrictJSON

/// The answer that errors of one status have.
struct ErrorAnswer: Sendable, Equatable {
    let status: Int
    /// In the order in which they are declared.
    let codes: [APIError.Code]

    init(status: Int, codes: some Sequence<APIError.Code>) {
        self.status = status
        let codes = Set(codes)
        self.codes = APIError.Code.allCases.filter(codes.contains)
    }

    /// Those that are the same on most routes; each stands once among the document's components.
    static let shared: [(name: String, answer: ErrorAnswer)] = [
        (
            "Unauthorized",
            ErrorAnswer(status: 401, codes: [.missingAPIKey, .invalidAPIKey, .expiredAPIKey, .invalidSignature])
        ),
        ("Malformed", ErrorAnswer(status: 400, codes: [.malformedRequest])),
        ("TooSlow", ErrorAnswer(status: 408, codes: [.requestTimeout])),
        ("TargetTooLong", ErrorAnswer(status: 414, codes: [.targetTooLong])),
        ("HeadersTooLarge", ErrorAnswer(status: 431, codes: [.headersTooLarge])),
        ("TooLarge", ErrorAnswer(status: 413, codes: [.requestTooLarge])),
        ("UnsupportedMediaType", ErrorAnswer(status: 415, codes: [.unsupportedMediaType])),
        ("InternalError", ErrorAnswer(status: 500, codes: [.internalError])),
        ("Unavailable", ErrorAnswer(status: 503, codes: [.networkAtCapacity, .shuttingDown])),
    ]

    /// A reference to the component that is the same, or else the answer itself.
    var value: JSONValue {
        if let shared = Self.shared.first(where: { $0.answer == self }) {
            return ["$ref": .string("#/components/responses/\(shared.name)")]
        }
        return component
    }

    var component: JSONValue {
        var headers: [APIHeader] = [.requestID]
        if status == 503 { headers.append(.retryAfter) }
        if [409, 502, 503, 504].contains(status) { headers.append(.shouldRetry) }
        let words = codes.map(\.rawValue)
        return [
            "description": .string(words.map { "`\($0)`" }.joined(separator: ", ")),
            "headers": .object(JSONObject(headers.map { ($0.rawValue, $0.reference) })),
            "content": ["application/json": ["schema": schema(of: words).value]],
        ]
    }

    /// The error's schema, held to the codes of this answer.
    private func schema(of words: [String]) -> JSONSchema {
        var error = JSONSchema(["properties": ["code": ["enum": .array(words.map(JSONValue.string))]]])
        if status == 503 { error = error.with("required", ["retry_after"]) }
        return JSONSchema(["allOf": [JSONSchema.named("Error").value, ["properties": ["error": error.value]]]])
    }
}
