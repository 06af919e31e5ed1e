import HTTPTypes
import InferenceAPI
import StrictJSON

/// One operation of the public API: where it is routed, and all that `GET /v1/openapi.json` says about it.
///
/// The route table is made of these, so that there is no route without a description and no description without a route.
struct APIOperation: Sendable {
    /// Who may ask.
    enum Access: Sendable {
        case anybody
        /// An API key, a signed-in wallet, or a wallet that signs the request.
        case caller
        /// The wallet itself; a key is not enough.
        case wallet
    }

    /// A group of operations, as documentation shows them together.
    enum Tag: String, Sendable, CaseIterable {
        case inference = "Inference"
        case models = "Models"
        case jobs = "Jobs"
        case credits = "Credits"
        case keys = "Keys"
        case signIn = "Sign-in"
        case webhooks = "Webhooks"
        case gateway = "Gateway"
    }

    /// The `operationId`: what a generated client calls its method.
    let id: String
    let method: HTTPRequest.Method
    /// From `/v1` or the root on, with its parameters in braces: `/v1/jobs/{id}`.
    let path: String
    let tag: Tag
    /// A line without a full stop.
    let summary: String
    var details: String?
    var access = Access.caller
    var parameters: [APIParameter] = []
    /// What the body must be; `nil` where none is read.
    var body: JSONSchema?
    /// What comes back when all is well.
    var answers: [APIAnswer]
    /// What else can go wrong than what its access and its body bring along.
    var errors: Set<APIError.Code> = []

    /// Every error that a caller can get.
    var allErrors: Set<APIError.Code> {
        var codes = errors
        // A fault of ours can befall any request.
        codes.insert(.internalError)
        codes.formUnion(Self.connectionsErrors)
        // A gateway that ends tells how it is, and no more.
        if path.hasPrefix("/v1/") { codes.insert(.shuttingDown) }
        if access != .anybody { codes.formUnion(Self.callersErrors) }
        if access == .wallet { codes.insert(.operationNotAllowed) }
        if body != nil { codes.formUnion(Self.bodysErrors) }
        return codes
    }

    /// What every route answers that must know who asks.
    ///
    /// The body of a signed request is read for its digest whatever the route, and too many signed requests are turned
    /// away.
    private static let callersErrors: Set<APIError.Code> = [
        .missingAPIKey, .invalidAPIKey, .expiredAPIKey, .invalidSignature, .requestTooLarge, .networkAtCapacity,
    ]

    /// What is said before any route sees the request.
    private static let connectionsErrors: Set<APIError.Code> = [
        .malformedRequest, .requestTimeout, .targetTooLong, .headersTooLarge, .networkAtCapacity,
    ]

    private static let bodysErrors: Set<APIError.Code> = [
        .invalidJSON, .missingParameter, .invalidParameter, .unknownParameter, .requestTooLarge, .unsupportedMediaType,
    ]
}

/// A parameter of a path, a query or the headers of a request.
struct APIParameter: Sendable {
    enum Place: String, Sendable {
        case path
        case query
        case header
    }

    let name: String
    let place: Place
    let schema: JSONSchema
    let description: String

    var value: JSONValue {
        [
            "name": .string(name), "in": .string(place.rawValue), "required": .bool(place == .path),
            "description": .string(description), "schema": schema.value,
        ]
    }
}

/// An answer that is no error.
struct APIAnswer: Sendable {
    var status = 200
    let description: String
    /// Media types and what they hold; empty for an answer without a body.
    var content: [(type: String, schema: JSONSchema)]
    /// Beside those that every answer has.
    var headers: [APIHeader] = []
    /// Operations that its members lead to.
    var links: [APILink] = []

    /// An answer of JSON.
    static func json(
        status: Int = 200,
        _ schema: JSONSchema,
        _ description: String,
        links: [APILink] = []
    ) -> APIAnswer {
        APIAnswer(
            status: status,
            description: description,
            content: [("application/json", schema)],
            links: links
        )
    }
}

/// Where an answer leads: to `operation`, whose parameter `id` is in it.
struct APILink: Sendable {
    let name: String
    let operation: String
    /// Where the id is, as a runtime expression of OpenAPI: `$response.body#/id`.
    let id: String

    var value: JSONValue {
        ["operationId": .string(operation), "parameters": ["id": .string(id)]]
    }
}
