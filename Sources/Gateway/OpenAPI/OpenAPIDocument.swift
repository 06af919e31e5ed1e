import HTTPTypes
import InferenceAPI
import StrictJSON

/// The OpenAPI 3.1 description of the API, which `GET /v1/openapi.json` serves.
///
/// Made once, from the operations that are routed.
struct OpenAPIDocument: Sendable {
    let operations: [APIOperation]
    /// What stands before the paths: the public URL without its `/v1`.
    let server: String
    let version: String

    var value: JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Decentral",
                "version": .string(version),
                "summary": "Inference by people who own hardware, for clients written for OpenAI's API.",
                "license": ["name": "Apache License 2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": .string(server)]],
            "tags": .array(tags.map { ["name": .string($0.rawValue), "description": .string($0.description)] }),
            "paths": .object(paths),
            "components": [
                "schemas": .object(JSONObject(JSONSchema.components.map { ($0, $1.value) })),
                "headers": .object(JSONObject(APIHeader.allCases.map { ($0.rawValue, $0.component) })),
                "responses": .object(JSONObject(ErrorAnswer.shared.map { ($0.name, $0.answer.component) })),
                "securitySchemes": Self.securitySchemes,
            ],
        ]
    }

    private var tags: [APIOperation.Tag] {
        let used = Set(operations.map(\.tag))
        return APIOperation.Tag.allCases.filter(used.contains)
    }

    /// The operations under their paths, both in the order of the route table.
    private var paths: JSONObject {
        var paths = JSONObject()
        for operation in operations {
            var methods = paths[operation.path]?.objectValue ?? JSONObject()
            methods.append(operation.method.rawValue.lowercased(), operation.value)
            paths[operation.path] = .object(methods)
        }
        return paths
    }

    private static let securitySchemes: JSONValue = [
        "api_key": [
            "type": "http", "scheme": "bearer", "bearerFormat": "dcntrl_live_…",
            "description": "An API key. It spends its wallet's credits.",
        ],
        "wallet_token": [
            "type": "http", "scheme": "bearer", "bearerFormat": "dcntrl_session_…",
            "description": "The token of a wallet that signed in (`POST /v1/auth/verify`), for an hour.",
        ],
        "wallet_signature": [
            "type": "apiKey", "in": "header", "name": "Signature",
            "description": """
            An HTTP message signature (RFC 9421, `ed25519`) by the wallet, with `Signature-Input`: `keyid` is the \
            wallet's address; `@method`, `@target-uri` and, where there is a body, `content-digest` (RFC 9530) are \
            covered; `created` is within 300 s of now; `nonce` was never used before.
            """,
        ],
    ]
}

extension APIOperation.Access {
    /// The ways to show who asks; any one of them is enough.
    var security: JSONValue {
        switch self {
        case .anybody: []
        case .caller: [["api_key": []], ["wallet_token": []], ["wallet_signature": []]]
        case .wallet: [["wallet_token": []], ["wallet_signature": []]]
        }
    }
}

extension APIOperation.Tag {
    var description: String {
        switch self {
        case .inference: "Questions to models. Each is a job that is paid for with credits and proved by a receipt."
        case .models: "What the network offers, and at what price."
        case .jobs: "What became of requests, and their proofs."
        case .credits: "What an account has, and what moved it."
        case .keys: "The API keys of a wallet."
        case .signIn: "How a wallet signs in."
        case .webhooks: "Where events are sent."
        case .gateway: "How the gateway is, and what it can."
        }
    }
}
