import StrictJSON

/// Writes the vectors of a job as one JSON object in OpenAI's format.
enum EmbeddingRenderer {
    /// A `list` of `embedding` objects with the network's `decentral` object.
    ///
    /// - Parameters:
    ///   - request: Says the model as the caller named it, and how the vectors are written.
    ///   - answer: What the job made.
    /// - Returns: The body, without a line end.
    static func render(_ request: InferenceRequest, answer: FinishedAnswer) -> [UInt8] {
        var out: [UInt8] = []
        // Base64 takes four bytes for three, a number about twelve for four.
        out.reserveCapacity(1024 + answer.choices.reduce(0) { $0 + 64 + 3 * $1.embedding.count })
        JSONText.append("{\"object\":\"list\",\"data\":[", to: &out)
        for (place, choice) in answer.choices.enumerated() {
            JSONText.append(place > 0 ? ",{" : "{", to: &out)
            JSONText.append("\"object\":\"embedding\",\"index\":", to: &out)
            JSONText.appendInteger(choice.index, to: &out)
            JSONText.append(",\"embedding\":", to: &out)
            if request.wantsBase64 {
                EmbeddingVector.appendBase64(choice.embedding, to: &out)
            } else {
                EmbeddingVector.appendNumbers(choice.embedding, to: &out)
            }
            JSONText.append("}", to: &out)
        }
        JSONText.append("],\"model\":", to: &out)
        JSONText.appendString(request.model, to: &out)
        JSONText.append(",\"usage\":{\"prompt_tokens\":", to: &out)
        JSONText.appendInteger(answer.usage.promptTokens, to: &out)
        JSONText.append(",\"total_tokens\":", to: &out)
        JSONText.appendInteger(answer.usage.totalTokens, to: &out)
        JSONText.append("},\"decentral\":", to: &out)
        answer.decentral.append(to: &out)
        JSONText.append("}", to: &out)
        return out
    }
}
