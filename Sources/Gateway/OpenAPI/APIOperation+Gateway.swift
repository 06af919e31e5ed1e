import HTTPTypes
import InferenceAPI
import StrictJSON

// The gateway itself.

extension APIOperation {
    static let getHealth = APIOperation(
        id: "getHealth",
        method: .get,
        path: "/healthz",
        tag: .gateway,
        summary: "Whether the gateway runs",
        access: .anybody,
        answers: [.json(.answer(["status": .constant("ok")]), "It does.")]
    )

    static let getReadiness = APIOperation(
        id: "getReadiness",
        method: .get,
        path: "/readyz",
        tag: .gateway,
        summary: "Whether the gateway takes jobs",
        access: .anybody,
        answers: [
            .json(.answer(["status": .constant("ready")]), "It does."),
            .json(status: 503, .answer(["status": .word(["draining", "storage_unavailable"])]), "It does not now."),
        ]
    )

    static let getDescription = APIOperation(
        id: "getDescription",
        method: .get,
        path: "/v1/openapi.json",
        tag: .gateway,
        summary: "This document",
        access: .anybody,
        parameters: [
            APIParameter(
                name: "if-none-match",
                place: .header,
                schema: .string(),
                description: "The `etag` of a copy: 304 says that it is still true."
            )
        ],
        answers: [
            APIAnswer(
                description: "An OpenAPI 3.1 document.",
                content: [("application/json", document)],
                headers: [.etag]
            ),
            APIAnswer(status: 304, description: "The copy is still true.", content: [], headers: [.etag]),
        ]
    )

    private static let document = JSONSchema.answer([
        "openapi": .string(pattern: #"^3\.1\."#), "info": .anyObject, "servers": .array(of: .anyObject),
        "tags": .array(of: .anyObject), "paths": .anyObject, "components": .anyObject,
    ])
}
