import StrictJSON

extension TokenUsage {
    /// Appends OpenAI's `usage` object.
    func append(to out: inout [UInt8]) {
        JSONText.append("{\"prompt_tokens\":", to: &out)
        JSONText.appendInteger(promptTokens, to: &out)
        JSONText.append(",\"completion_tokens\":", to: &out)
        JSONText.appendInteger(completionTokens, to: &out)
        JSONText.append(",\"total_tokens\":", to: &out)
        JSONText.appendInteger(totalTokens, to: &out)
        JSONText.append("}", to: &out)
    }
}
