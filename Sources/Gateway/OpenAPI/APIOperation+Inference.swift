import GatewayStore
import HTTPTypes
import InferenceAPI
import StrictJSON

// Questions to models.

extension APIOperation {
    /// The operation that takes requests of a kind.
    static func asking(_ kind: RequestKind) -> APIOperation {
        var operation = operation(of: kind)
        operation.parameters.append(idempotencyKey)
        return operation
    }

    private static func operation(of kind: RequestKind) -> APIOperation {
        switch kind {
        case .chatCompletions: createChatCompletion
        case .completions: createCompletion
        case .responses: createResponse
        case .embeddings: createEmbeddings
        }
    }

    private static let createChatCompletion = APIOperation(
        id: "createChatCompletion",
        method: .post,
        path: RequestKind.chatCompletions.path,
        tag: .inference,
        summary: "Ask a model, in the form of OpenAI's chat completions",
        details: inferenceDetails,
        body: .named("ChatCompletionRequest"),
        answers: [inferenceAnswer(.named("ChatCompletion"), event: .event(of: .named("ChatCompletionChunk")))],
        errors: inferenceErrors
    )

    private static let createCompletion = APIOperation(
        id: "createCompletion",
        method: .post,
        path: RequestKind.completions.path,
        tag: .inference,
        summary: "Let a model go on from a prompt, in the form of OpenAI's completions",
        details: inferenceDetails,
        body: .named("CompletionRequest"),
        answers: [inferenceAnswer(.named("Completion"), event: .event(of: .named("CompletionChunk")))],
        errors: inferenceErrors
    )

    private static let createResponse = APIOperation(
        id: "createResponse",
        method: .post,
        path: RequestKind.responses.path,
        tag: .inference,
        summary: "Ask a model, in the form of OpenAI's Responses API",
        details: """
            A job like a chat completion, for one choice. The network keeps no responses: what would need one is refused.

            A stream is OpenAI's typed events, numbered, from `response.created` to `response.completed` or \
            `response.incomplete` with the whole response; then comes the comment `: settlement_tx=…` and no `[DONE]`. \
            A stream that fails ends with an `error` event.
            """,
        body: .named("ResponsesRequest"),
        answers: [inferenceAnswer(.named("Response"), event: .responseEvent)],
        errors: inferenceErrors
    )

    private static let createEmbeddings = APIOperation(
        id: "createEmbeddings",
        method: .post,
        path: RequestKind.embeddings.path,
        tag: .inference,
        summary: "Turn texts into vectors, in the form of OpenAI's embeddings",
        details: """
            The prompt's tokens are what is charged: `credits_per_request` covers the first 500 of all inputs together. \
            The vectors of one request may have 16 MiB in all, at four bytes a value.
            """,
        body: .named("EmbeddingRequest"),
        answers: [inferenceAnswer(.named("EmbeddingList"), event: nil)],
        errors: inferenceErrors
    )

    static let inferenceDetails = """
        The credits for the longest possible answer are locked, the job is routed to a worker, and what was not charged \
        is released. Members that are `null` count as absent; members that are not listed are refused.

        A stream's headers leave with the first token or after 15 s; until then a failure has its own status. Each event \
        is `data:` and a chunk; the last chunk has empty `choices` and `decentral`; then come the comment \
        `: settlement_tx=…` and `data: [DONE]`. A stream that fails ends with one `data: {"error":…}` and no `[DONE]`.
        """

    /// The answer of a route that asks a model; `event` is one of its stream, if it has one.
    static func inferenceAnswer(_ whole: JSONSchema, event: JSONSchema?) -> APIAnswer {
        var answer = APIAnswer.json(
            whole,
            "The answer.",
            links: [
                APILink(name: "job", operation: "getJob", id: jobOfAnswer),
                APILink(name: "receipt", operation: "getReceipt", id: jobOfAnswer),
            ]
        )
        // Before OpenAPI 3.2, which has a word for it, the schema of a stream is that of each event.
        if let event { answer.content.append(("text/event-stream", event)) }
        answer.headers = [.jobID, .txSignature, .worker, .settlementTx]
        return answer
    }

    private static let idempotencyKey = APIParameter(
        name: "Idempotency-Key",
        place: .header,
        schema: .string(1...IdempotencyKey.longest, pattern: "^[ -~]+$"),
        description: """
            The same key with the same body is one job, however often it is sent within 24 hours: its answer is given again \
            while it is in memory, else 409 names the job. A job that failed frees its key.
            """
    )

    /// In the headers, so that it is there for a stream too.
    private static let jobOfAnswer = "$response.header.\(APIHeader.jobID.rawValue)"

    static let inferenceErrors: Set<APIError.Code> = [
        .unsupportedFeature, .contextLengthExceeded, .insufficientCredits, .spendingCapReached, .modelNotAllowed,
        .modelNotFound, .idempotencyConflict, .idempotencyReplay, .workerFailed, .invalidProof, .noWorkersAvailable,
        .networkAtCapacity, .jobTimeout,
    ]
}
