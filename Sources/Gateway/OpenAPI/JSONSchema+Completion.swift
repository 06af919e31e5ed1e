import InferenceAPI
import StrictJSON

// Completions of before the chats, in OpenAI's shapes.

extension JSONSchema {
    private static let choices = InferenceRequest.maximumCompletionChoices

    static let completionRequest = request(
        required: [
            "model": modelID.describing("The id of a model, as `GET /v1/models` lists it."),
            "prompt": prompts(1...choices)
                .describing("A text, token ids of the model's own tokenizer, or several of either."),
        ],
        optional: [
            "stream": boolean.byDefault(false),
            "stream_options": request(optional: ["include_usage": boolean]),
            "max_tokens": integer(1...(1 << 24)).byDefault(.integer(InferenceRequest.defaultCompletionTokens)),
            "n": integer(1...8).byDefault(1).describing("Choices of each prompt; at most \(choices) in all."),
            "best_of": integer(1...8).describing("No more than `n`."),
            "temperature": number(0...2),
            "top_p": number(0...1),
            "stop": any(of: [string(1 ... .max), array(of: string(1 ... .max), 0...4)]),
            "frequency_penalty": number(-2...2),
            "presence_penalty": number(-2...2),
            "seed": integer(.min ... .max),
            "top_k": integer(-1...Int(Int32.max)),
            "min_p": number(0...1),
            "repetition_penalty": number(above: 0...2),
            "logprobs": integer(0...5),
            "logit_bias": map(to: number(-100...100), keys: string(pattern: "^[0-9]{1,10}$"), limit: 1024),
            "echo": constant(false),
            "suffix": constant(""),
            "user": string().describing("Reaches the worker with the rest of the body."),
        ]
    ).obeying([
        rule(where: "stream_options", needs: "stream", constant(true)),
        // n × prompts is at most the number of choices.
        any(
            of: (1...8).map { number in
                JSONSchema([
                    "type": "object",
                    "properties": [
                        "n": integer(1...number).orNull.value, "prompt": prompts(1...(choices / number)).value,
                    ],
                ])
            }
        ),
        // best_of is n, where it is there.
        any(
            of: [JSONSchema(["type": "object", "properties": ["best_of": ["type": "null"]]])]
                + [
                    JSONSchema([
                        "type": "object",
                        "properties": ["best_of": integer(1...1).value, "n": integer(1...1).orNull.value],
                    ])
                ]
                + (2...8).map { number in
                    JSONSchema([
                        "type": "object",
                        "properties": ["best_of": integer(number...number).value, "n": integer(number...number).value],
                        "required": ["best_of", "n"],
                    ])
                }
        ),
    ])

    /// One prompt, or as many as `count` allows.
    static func prompts(_ count: ClosedRange<Int>) -> JSONSchema {
        any(of: [string(), array(of: string(), count), tokens, array(of: tokens, count)])
    }

    static let completion = answer([
        "id": textID,
        "object": constant("text_completion"),
        "created": count.describing("Unix seconds."),
        "model": modelID.describing("As the request named it."),
        "choices": array(of: textChoice(finishReason: finishReason), 1...choices),
        "usage": named("Usage"),
        "decentral": named("Decentral"),
    ])

    static let completionChunk = answer(
        [
            "id": textID,
            "object": constant("text_completion"),
            "created": count.describing("Unix seconds."),
            "model": modelID.describing("As the request named it."),
            "choices": array(of: textChoice(finishReason: finishReason.orNull))
                .describing("Empty in the last chunk."),
        ],
        optional: [
            "usage": named("Usage").orNull.describing("With `stream_options.include_usage`: null in all but the last."),
            "decentral": named("Decentral").describing("In the last chunk."),
        ]
    )

    private static func textChoice(finishReason: JSONSchema) -> JSONSchema {
        answer([
            "text": string(),
            "index": integer(0...(choices - 1)).describing("Place of the prompt × `n` + place of the choice."),
            "logprobs": anyObject.orNull,
            "finish_reason": finishReason,
        ])
    }

    private static let textID = string(pattern: "^cmpl-[0-9a-hjkmnp-tv-z]{18}$")
}
