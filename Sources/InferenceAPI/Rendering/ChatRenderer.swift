import StrictJSON

/// Writes a chat completion's answer as one JSON object in OpenAI's format.
package enum ChatRenderer {
    /// A `chat.completion` with the network's `decentral` object.
    ///
    /// - Parameters:
    ///   - id: ``JobID/answerID(of:)``.
    ///   - model: The model as the caller named it.
    ///   - created: Unix time of the request, in seconds.
    ///   - answer: What the job made.
    /// - Returns: The body, without a line end.
    package static func render(
        id: String,
        model: String,
        created: Int,
        answer: FinishedAnswer
    ) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(1024 + answer.choices.reduce(0) { $0 + $1.content.utf8.count + $1.logprobs.count })
        JSONText.append("{\"id\":", to: &out)
        JSONText.appendString(id, to: &out)
        JSONText.append(",\"object\":\"chat.completion\",\"created\":", to: &out)
        JSONText.appendInteger(created, to: &out)
        JSONText.append(",\"model\":", to: &out)
        JSONText.appendString(model, to: &out)
        JSONText.append(",\"choices\":[", to: &out)
        for (place, choice) in answer.choices.enumerated() {
            if place > 0 { JSONText.append(",", to: &out) }
            append(choice, to: &out)
        }
        JSONText.append("],\"usage\":", to: &out)
        answer.usage.append(to: &out)
        JSONText.append(",\"decentral\":", to: &out)
        answer.decentral.append(to: &out)
        JSONText.append("}", to: &out)
        return out
    }

    private static func append(_ choice: FinalChoice, to out: inout [UInt8]) {
        JSONText.append("{\"index\":", to: &out)
        JSONText.appendInteger(choice.index, to: &out)
        JSONText.append(",\"message\":{\"role\":\"assistant\",\"content\":", to: &out)
        // Only what stands in its place makes an empty content null: clients take the text of any other answer.
        let isReplaced = !choice.toolCalls.isEmpty || !choice.refusal.isEmpty
        append(choice.content, orNull: isReplaced, to: &out)
        JSONText.append(",\"refusal\":", to: &out)
        append(choice.refusal, orNull: true, to: &out)
        if !choice.reasoningContent.isEmpty {
            JSONText.append(",\"reasoning_content\":", to: &out)
            JSONText.appendString(choice.reasoningContent, to: &out)
        }
        if !choice.toolCalls.isEmpty {
            JSONText.append(",\"tool_calls\":[", to: &out)
            for (place, call) in choice.toolCalls.enumerated() {
                if place > 0 { JSONText.append(",", to: &out) }
                append(call, to: &out)
            }
            JSONText.append("]", to: &out)
        }
        JSONText.append("},\"logprobs\":", to: &out)
        if choice.logprobs.isEmpty {
            JSONText.append("null", to: &out)
        } else {
            out.append(contentsOf: choice.logprobs)
        }
        JSONText.append(",\"finish_reason\":\"", to: &out)
        JSONText.append(choice.finishReason.callerText, to: &out)
        JSONText.append("\"}", to: &out)
    }

    private static func append(_ call: FinalToolCall, to out: inout [UInt8]) {
        JSONText.append("{\"id\":", to: &out)
        JSONText.appendString(call.id, to: &out)
        JSONText.append(",\"type\":\"function\",\"function\":{\"name\":", to: &out)
        JSONText.appendString(call.name, to: &out)
        JSONText.append(",\"arguments\":", to: &out)
        JSONText.appendString(call.arguments, to: &out)
        JSONText.append("}}", to: &out)
    }

    private static func append(_ text: String, orNull isNullWhenEmpty: Bool, to out: inout [UInt8]) {
        if text.isEmpty && isNullWhenEmpty {
            JSONText.append("null", to: &out)
        } else {
            JSONText.appendString(text, to: &out)
        }
    }
}
