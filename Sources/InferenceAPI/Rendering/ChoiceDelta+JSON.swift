import StrictJSON

extension ChoiceDelta {
    /// Appends an element of a chunk's `choices`: `{"index","delta","logprobs","finish_reason"}`.
    ///
    /// The first of a choice names the role.
    func append(to out: inout [UInt8], isFirst: Bool) {
        JSONText.append("{\"index\":", to: &out)
        JSONText.appendInteger(index, to: &out)
        JSONText.append(",\"delta\":{", to: &out)
        appendMembers(to: &out, isFirst: isFirst)
        JSONText.append("},\"logprobs\":", to: &out)
        if logprobs.isEmpty {
            JSONText.append("null", to: &out)
        } else {
            // White space may hold line breaks, which would end the event's line; inside a string JSON has none.
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

    private func appendMembers(to out: inout [UInt8], isFirst: Bool) {
        var separator: StaticString = ""
        func append(_ key: StaticString, _ text: String) {
            JSONText.append(separator, to: &out)
            JSONText.append(key, to: &out)
            JSONText.appendString(text, to: &out)
            separator = ","
        }
        if isFirst { append("\"role\":", "assistant") }
        if !content.isEmpty { append("\"content\":", content) }
        if !reasoningContent.isEmpty { append("\"reasoning_content\":", reasoningContent) }
        if !refusal.isEmpty { append("\"refusal\":", refusal) }
        if !toolCalls.isEmpty {
            JSONText.append(separator, to: &out)
            JSONText.append("\"tool_calls\":[", to: &out)
            for (place, call) in toolCalls.enumerated() {
                if place > 0 { JSONText.append(",", to: &out) }
                call.append(to: &out)
            }
            JSONText.append("]", to: &out)
        }
    }
}

extension ToolCallDelta {
    /// Appends `{"index","id","type","function":{"name","arguments"}}`; a later piece leaves out id, type and name.
    func append(to out: inout [UInt8]) {
        JSONText.append("{\"index\":", to: &out)
        JSONText.appendInteger(index, to: &out)
        if !id.isEmpty {
            JSONText.append(",\"id\":", to: &out)
            JSONText.appendString(id, to: &out)
            JSONText.append(",\"type\":\"function\"", to: &out)
        }
        JSONText.append(",\"function\":{", to: &out)
        if !name.isEmpty {
            JSONText.append("\"name\":", to: &out)
            JSONText.appendString(name, to: &out)
            JSONText.append(",", to: &out)
        }
        JSONText.append("\"arguments\":", to: &out)
        JSONText.appendString(arguments, to: &out)
        JSONText.append("}}", to: &out)
    }
}
