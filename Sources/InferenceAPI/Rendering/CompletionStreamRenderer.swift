import StrictJSON

/// Writes a completion's answer as an event stream in OpenAI's format: one `data:` event for each delta.
package struct CompletionStreamRenderer: StreamRenderer {
    private let frame: ChunkFrame

    /// - Parameters:
    ///   - id: ``JobID/answerID(of:)``.
    ///   - model: The model as the caller named it.
    ///   - created: Unix time of the request, in seconds.
    ///   - includesUsage: Whether the caller asked for usage.
    package init(id: String, model: String, created: Int, includesUsage: Bool) {
        frame = ChunkFrame(
            id: id,
            object: "text_completion",
            model: model,
            created: created,
            includesUsage: includesUsage
        )
    }

    package func append(_ delta: ChoiceDelta, to out: inout [UInt8]) {
        out.append(contentsOf: frame.opening)
        CompletionRenderer.appendChoice(
            index: delta.index,
            text: delta.content,
            logprobs: delta.logprobs,
            finishReason: delta.finishReason,
            to: &out
        )
        JSONText.append(frame.closing, to: &out)
    }

    package func appendEnd(of answer: FinishedAnswer, to out: inout [UInt8]) {
        frame.appendFinal(usage: answer.usage, decentral: answer.decentral, to: &out)
    }
}
