import InferenceAPI
import StrictJSON

// Embeddings, in OpenAI's shapes.

extension JSONSchema {
    static let embeddingRequest = request(
        required: [
            "model": modelID.describing("The id of a model, as `GET /v1/models` lists it."),
            "input": any(of: [
                string(1 ... .max), array(of: string(1 ... .max), 1...InferenceRequest.maximumInputs), tokens,
                array(of: tokens, 1...InferenceRequest.maximumInputs),
            ]).describing("A text, token ids of the model's own tokenizer, or several of either."),
        ],
        optional: [
            "encoding_format": word(["float", "base64"]).byDefault("float"),
            "dimensions": integer(1...EmbeddingVector.maximumDimensions)
                .describing("Refused where the model's vectors have another number of values."),
            "user": string(),
        ]
    )

    /// Token ids, at least one.
    static let tokens = array(of: integer(0...Int(Int32.max)), 1 ... .max)

    static let embeddingList = answer([
        "object": constant("list"),
        "data": array(
            of: answer([
                "object": constant("embedding"),
                "index": integer(0...(InferenceRequest.maximumInputs - 1)),
                "embedding": any(of: [
                    array(of: JSONSchema(["type": "number"]), 1...EmbeddingVector.maximumDimensions),
                    string().describing("With `encoding_format` `base64`: little-endian float32 values."),
                ]),
            ]),
            1...InferenceRequest.maximumInputs
        ),
        "model": modelID.describing("As the request named it."),
        "usage": answer(["prompt_tokens": count, "total_tokens": count]),
        "decentral": named("Decentral"),
    ])
}
