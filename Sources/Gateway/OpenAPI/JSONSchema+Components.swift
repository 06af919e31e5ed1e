import InferenceAPI
import StrictJSON

extension JSONSchema {
    /// The schemas that stand once in the document, under the name by which others refer to them.
    static let components: [(name: String, schema: JSONSchema)] = [
        ("Error", error),
        ("Model", model), ("ModelList", listOfAll(of: named("Model"))),
        ("ChatCompletionRequest", chatCompletionRequest), ("Message", message), ("Tool", tool),
        ("ChatCompletion", chatCompletion), ("ChatCompletionChunk", chatCompletionChunk),
        ("CompletionRequest", completionRequest), ("Completion", completion), ("CompletionChunk", completionChunk),
        ("ResponsesRequest", responsesRequest), ("InputItem", inputItem), ("FunctionTool", functionTool),
        ("Response", response), ("OutputItem", outputItem),
        ("EmbeddingRequest", embeddingRequest), ("EmbeddingList", embeddingList),
        ("Usage", usage), ("Decentral", decentral),
        ("Job", job), ("JobPage", page(of: named("Job"), id: jobID)), ("Receipt", receipt), ("Envelope", envelope),
        ("Credits", credits), ("Transaction", transactionEntry),
        ("TransactionPage", page(of: named("Transaction"), id: transactionID)),
        ("KeyRequest", keyRequest), ("Key", key), ("NewKey", newKey), ("KeyList", listOfAll(of: named("Key"))),
        ("ChallengeRequest", challengeRequest), ("Challenge", challenge),
        ("VerifyRequest", verifyRequest), ("SessionToken", sessionToken),
        ("WebhookRequest", webhookRequest), ("WebhookChange", webhookChange), ("Webhook", webhook),
        ("NewWebhook", newWebhook), ("WebhookList", listOfAll(of: named("Webhook"))),
        ("DeletedWebhook", deletedWebhook), ("Delivery", delivery),
        ("DeliveryPage", page(of: named("Delivery"), id: messageID)),
    ]

    /// A page of a list that goes on.
    static func page(of element: JSONSchema, id: JSONSchema) -> JSONSchema {
        answer([
            "object": constant("list"),
            "data": array(of: element, 0...100),
            "has_more": boolean,
            "first_id": id.orNull,
            "last_id": id.orNull.describing("What `after` must be for the next page."),
        ])
    }

    /// A list that is whole.
    static func listOfAll(of element: JSONSchema) -> JSONSchema {
        answer(["object": constant("list"), "data": array(of: element)])
    }

    /// Every error's body.
    private static let error = answer([
        "error": answer(
            [
                "code": word(APIError.Code.allCases.map(\.rawValue)),
                "message": string(1 ... .max).describing("For people; its wording may change."),
                "type": word(Set(APIError.Code.allCases.map(\.type)).sorted()),
                "param": string().orNull.describing("The parameter at fault, as `messages.[0].content`."),
                "docs": string(format: "uri").describing("The page that explains the code."),
            ],
            optional: ["retry_after": integer(0...).describing("With 503: seconds, as `Retry-After`.")]
        )
    ])
}
