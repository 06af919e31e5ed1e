import StrictJSON

/// Writes a chat completion's answer as an event stream in OpenAI's format: one `data:` event for each delta.
package struct ChatStreamRenderer: StreamRenderer {
    private let frame: ChunkFrame
    /// Choices below 64 that have begun, as bits.
    private var begun: UInt64 = 0

    /// - Parameters:
    ///   - id: ``JobID/answerID(of:)``.
    ///   - model: The model as the caller named it.
    ///   - created: Unix time of the request, in seconds.
    ///   - includesUsage: Whether the caller asked for usage. Then every chunk has a `usage`, which is null in all
    ///     but the last.
    package init(id: String, model: String, created: Int, includesUsage: Bool) {
        frame = ChunkFrame(
            id: id,
            object: "chat.completion.chunk",
            model: model,
            created: created,
            includesUsage: includesUsage
        )
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
        out.append(contentsOf: frame.opening)
        delta.append(to: &out, isFirst: isFirst(delta.index))
        JSONText.append(frame.closing, to: &out)
        begun |= Self.bit(delta.index)
    }

    private func isFirst(_ index: Int) -> Bool { begun & Self.bit(index) == 0 }

    private static func bit(_ index: Int) -> UInt64 { 1 << UInt64(index & 63) }

    package func appendEnd(of answer: FinishedAnswer, to out: inout [UInt8]) {
        appendFinal(usage: answer.usage, decentral: answer.decentral, to: &out)
    }

    /// Appends the last chunk; see ``ChunkFrame``.
    func appendFinal(usage: TokenUsage, decentral: DecentralObject?, to out: inout [UInt8]) {
        frame.appendFinal(usage: usage, decentral: decentral, to: &out)
    }
}
