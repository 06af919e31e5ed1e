import StrictJSON

/// Writes a chat completion's answer as an event stream in OpenAI's format: one `data:` event for each delta.
///
/// What is the same in all chunks of a job is made once.
package struct ChatStreamRenderer: StreamRenderer {
    /// From `data:` to the opening bracket of `choices`.
    private let opening: [UInt8]
    private let closing: StaticString
    private let includesUsage: Bool
    /// Choices below 64 that have begun, as bits.
    private var begun: UInt64 = 0

    /// - Parameters:
    ///   - id: ``JobID/answerID(of:)``.
    ///   - model: The model as the caller named it.
    ///   - created: Unix time of the request, in seconds.
    ///   - includesUsage: Whether the caller asked for usage. Then every chunk has a `usage`, which is null in all
    ///     but the last.
    package init(id: String, model: String, created: Int, includesUsage: Bool) {
        var opening: [UInt8] = []
        JSONText.append("data: {\"id\":", to: &opening)
        JSONText.appendString(id, to: &opening)
        JSONText.append(",\"object\":\"chat.completion.chunk\",\"created\":", to: &opening)
        JSONText.appendInteger(created, to: &opening)
        JSONText.append(",\"model\":", to: &opening)
        JSONText.appendString(model, to: &opening)
        JSONText.append(",\"choices\":[", to: &opening)
        self.opening = opening
        closing = includesUsage ? "],\"usage\":null}\n\n" : "]}\n\n"
        self.includesUsage = includesUsage
    }

    /// Appends the chunk of one delta.
    ///
    /// Choices begin in the order of their numbers, as OpenAI's do and whichever a backend begins with: the SDKs keep
    /// them in a list, in the order in which they came. The delta's logprobs must be JSON: have ``OutputAccumulator``
    /// take the delta first, which refuses others.
    package mutating func append(_ delta: ChoiceDelta, to out: inout [UInt8]) {
        for index in 0..<delta.index where isFirst(index) { appendChunk(ChoiceDelta(index: index), to: &out) }
        appendChunk(delta, to: &out)
    }

    private mutating func appendChunk(_ delta: ChoiceDelta, to out: inout [UInt8]) {
        out.append(contentsOf: opening)
        delta.append(to: &out, isFirst: isFirst(delta.index))
        JSONText.append(closing, to: &out)
        begun |= Self.bit(delta.index)
    }

    private func isFirst(_ index: Int) -> Bool { begun & Self.bit(index) == 0 }

    private static func bit(_ index: Int) -> UInt64 { 1 << UInt64(index & 63) }

    /// Appends the last chunk, which has no choices: usage if the caller asked for it, and what the network knows.
    ///
    /// A job that was not settled has no `decentral`; without it and without usage there is no such chunk.
    package func appendFinal(usage: TokenUsage, decentral: DecentralObject?, to out: inout [UInt8]) {
        guard includesUsage || decentral != nil else { return }
        out.append(contentsOf: opening)
        JSONText.append("]", to: &out)
        if includesUsage {
            JSONText.append(",\"usage\":", to: &out)
            usage.append(to: &out)
        }
        if let decentral {
            JSONText.append(",\"decentral\":", to: &out)
            decentral.append(to: &out)
        }
        JSONText.append("}\n\n", to: &out)
    }

    package func appendEnd(of answer: FinishedAnswer, to out: inout [UInt8]) {
        appendFinal(usage: answer.usage, decentral: answer.decentral, to: &out)
    }
}
