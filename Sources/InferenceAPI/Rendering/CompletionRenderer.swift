import StrictJSON

/// Writes a completion's answer as one JSON object in OpenAI's format.
enum CompletionRenderer {
    /// A `text_completion` with the network's `decentral` object.
    ///
    /// - Parameters:
    ///   - id: ``JobID/answerID(of:)``.
    ///   - model: The model as the caller named it.
    ///   - created: Unix time of the request, in seconds.
    ///   - answer: What the job made.
    /// - Returns: The body, without a line end.
    static func render(id: String, model: String, created: Int, answer: FinishedAnswer) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(1024 + answer.choices.reduce(0) { $0 + $1.content.utf8.count + $1.logprobs.count })
        JSONText.append("{\"id\":", to: &out)
        JSONText.appendString(id, to: &out)
        JSONText.append(",\"object\":\"text_completion\",\"created\":", to: &out)
        JSONText.appendInteger(created, to: &out)
        JSONText.append(",\"model\":", to: &out)
        JSONText.appendString(model, to: &out)
        JSONText.append(",\"choices\":[", to: &out)
        for (place, choice) in answer.choices.enumerated() {
            if place > 0 { JSONText.append(",", to: &out) }
            appendChoice(
                index: choice.index,
                text: choice.content,
                logprobs: choice.logprobs,
                finishReason: choice.finishReason,
                to: &out
            )
        }
        JSONText.append("],\"usage\":", to: &out)
        answer.usage.append(to: &out)
        JSONText.append(",\"decentral\":", to: &out)
        answer.decentral.append(to: &out)
        JSONText.append("}", to: &out)
        return out
    }

    /// Appends `{"text","index","logprobs","finish_reason"}`, of a choice or of a piece of one.
    static func appendChoice(
        index: Int,
        text: String,
        logprobs: [UInt8],
        finishReason: FinishReason?,
        to out: inout [UInt8]
    ) {
        JSONText.append("{\"text\":", to: &out)
        JSONText.appendString(text, to: &out)
        JSONText.append(",\"index\":", to: &out)
        JSONText.appendInteger(index, to: &out)
        JSONText.append(",\"logprobs\":", to: &out)
        if logprobs.isEmpty {
            JSONText.append("null", to: &out)
        } else {
            // White space may hold line breaks, which would end an event's line; inside a string JSON has none.
            out.append(contentsOf: logprobs.lazy.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
        }
        JSONText.append(",\"finish_reason\":", to: &out)
        if let finishReason {
            JSONText.append("\"", to: &out)
            JSONText.append(finishReason.callerText, to: &out)
            JSONText.append("\"}", to: &out)
        } else {
            JSONText.append("null}", to: &out)
        }
    }
}
