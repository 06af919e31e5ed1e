import StrictJSON

/// Writes a job's answer as one `response` object.
package enum ResponsesRenderer {
    /// - Parameters:
    ///   - id: ``JobID/answerID(of:)``.
    ///   - request: What was asked; its model, and what the response repeats of it.
    ///   - created: Unix time of the request, in seconds.
    ///   - answer: What the job made: one choice.
    /// - Returns: The body, without a line end.
    package static func render(
        id: String,
        request: InferenceRequest,
        created: Int,
        answer: FinishedAnswer
    ) -> [UInt8] {
        let choice = answer.choices.first ?? FinalChoice(index: 0, finishReason: .cancelled)
        var out: [UInt8] = []
        out.reserveCapacity(2048 + choice.content.utf8.count + choice.logprobs.count)
        ResponsesObject(id: id, request: request, created: created).append(
            items: ResponsesOutput(choice).items,
            ending: .init(finishReason: choice.finishReason, usage: answer.usage, decentral: answer.decentral),
            to: &out
        )
        return out
    }
}
