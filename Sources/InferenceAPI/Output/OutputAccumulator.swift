/// Joins a job's deltas into its final choices.
///
/// Worker and gateway each feed it what they saw, in order; equal deltas give equal choices, hence equal output
/// digests. A finish reason closes its choice.
package struct OutputAccumulator: Sendable {
    /// How many tool calls a choice may hold: as many as a request may name tools.
    package static let maximumToolCalls = 128

    /// Bytes of all texts so far, tool calls included.
    package private(set) var byteCount = 0
    private var logprobsByteCount = 0
    private var openChoices: Int
    private var parts: [OpenChoice]
    private let form: OutputForm
    private let byteLimit: Int
    private let logprobsByteLimit: Int?

    /// - Parameters:
    ///   - form: What the deltas may hold.
    ///   - choiceCount: How many choices the request asks for, at least 1.
    ///   - byteLimit: How many bytes of texts are taken, over all choices.
    ///   - logprobsByteLimit: How many bytes of logprobs are taken; `nil` drops them, which suits a stream, where
    ///     nobody asks for them again. Twenty alternatives to a token take about 3 KB.
    package init(
        form: OutputForm = .chat,
        choiceCount: Int,
        byteLimit: Int,
        logprobsByteLimit: Int? = 16 << 20
    ) {
        precondition(choiceCount >= 1, "an output has at least one choice, not \(choiceCount)")
        parts = Array(repeating: OpenChoice(form: form), count: choiceCount)
        openChoices = choiceCount
        self.form = form
        self.byteLimit = byteLimit
        self.logprobsByteLimit = logprobsByteLimit
    }

    /// Whether every choice has its finish reason.
    package var isComplete: Bool { openChoices == 0 }

    /// Joins one delta to its choice.
    ///
    /// - Throws: ``OutputError``; the choices are then those before the delta or hold a part of it, and the job is over.
    package mutating func append(_ delta: ChoiceDelta) throws(OutputError) {
        guard parts.indices.contains(delta.index) else {
            throw OutputError(
                code: .unknownChoice,
                message: "the output has choice \(delta.index), but \(parts.count) were asked for"
            )
        }
        guard parts[delta.index].finishReason == nil else {
            throw OutputError(
                code: .choiceIsFinished,
                message: "choice \(delta.index) goes on after its finish reason"
            )
        }
        guard form.allows(delta) else {
            throw OutputError(
                code: .wrongForm,
                message: "choice \(delta.index) has what a request of this kind has no place for"
            )
        }
        byteCount += delta.textBytes
        guard byteCount <= byteLimit else {
            throw OutputError(code: .tooLarge, message: "the output passes \(byteLimit) bytes")
        }
        // Strings are appended where they lie: the buffers grow by doubling, and no delta is kept.
        if !delta.content.isEmpty { parts[delta.index].content += delta.content }
        if !delta.reasoningContent.isEmpty { parts[delta.index].reasoningContent += delta.reasoningContent }
        if !delta.refusal.isEmpty { parts[delta.index].refusal += delta.refusal }
        for call in delta.toolCalls {
            try parts[delta.index].append(call)
        }
        if !delta.logprobs.isEmpty { try append(logprobs: delta.logprobs, to: delta.index) }
        if !delta.embedding.isEmpty { parts[delta.index].embedding = delta.embedding }
        if let reason = delta.finishReason {
            parts[delta.index].finishReason = reason
            openChoices -= 1
        }
    }

    private mutating func append(logprobs: [UInt8], to index: Int) throws(OutputError) {
        guard let logprobsByteLimit else {
            // Looked at all the same: a worker's logprobs go into the caller's stream as they are.
            var dropped = LogprobsText(form: form)
            return try dropped.append(logprobs)
        }
        logprobsByteCount += logprobs.count
        guard logprobsByteCount <= logprobsByteLimit else {
            throw OutputError(code: .logprobsTooLarge, message: "the logprobs pass \(logprobsByteLimit) bytes")
        }
        try parts[index].logprobs.append(logprobs)
    }

    /// Closes what is open, after a cancellation or at the deadline.
    ///
    /// - Returns: The deltas that say so, for whoever else joins this output.
    package mutating func finishOpenChoices(as reason: FinishReason) -> [ChoiceDelta] {
        var closing: [ChoiceDelta] = []
        for index in parts.indices where parts[index].finishReason == nil {
            parts[index].finishReason = reason
            closing.append(ChoiceDelta(index: index, finishReason: reason))
        }
        openChoices = 0
        return closing
    }

    /// The choices so far, ordered by index; one that is still open counts as cancelled.
    package var choices: [FinalChoice] {
        parts.enumerated().map { index, part in
            FinalChoice(
                index: index,
                content: part.content,
                reasoningContent: part.reasoningContent,
                refusal: part.refusal,
                toolCalls: part.toolCalls.map { FinalToolCall(id: $0.id, name: $0.name, arguments: $0.arguments) },
                logprobs: part.logprobs.text,
                embedding: part.embedding,
                finishReason: part.finishReason ?? .cancelled
            )
        }
    }
}

/// A choice whose deltas are arriving.
private struct OpenChoice: Sendable {
    var content = ""
    var reasoningContent = ""
    var refusal = ""
    /// Ordered by index.
    var toolCalls: [ToolCallDelta] = []
    var logprobs: LogprobsText
    var embedding: [UInt8] = []
    var finishReason: FinishReason?

    init(form: OutputForm) {
        logprobs = LogprobsText(form: form)
    }

    mutating func append(_ call: ToolCallDelta) throws(OutputError) {
        // Pieces come for the newest call nearly always, so the search runs from the end.
        let place = (toolCalls.lastIndex { $0.index <= call.index }).map { $0 + 1 } ?? 0
        if place > 0, toolCalls[place - 1].index == call.index {
            let known = toolCalls[place - 1]
            guard call.id.isEmpty, call.name.isEmpty || known.name.isEmpty else {
                throw OutputError(
                    code: .malformedToolCall,
                    message: "tool call \(call.index) has an id or a name a second time"
                )
            }
            toolCalls[place - 1].name += call.name
            toolCalls[place - 1].arguments += call.arguments
        } else {
            guard !call.id.isEmpty else {
                throw OutputError(code: .malformedToolCall, message: "tool call \(call.index) begins without an id")
            }
            guard toolCalls.count < OutputAccumulator.maximumToolCalls else {
                throw OutputError(
                    code: .malformedToolCall,
                    message: "a choice has more than \(OutputAccumulator.maximumToolCalls) tool calls"
                )
            }
            toolCalls.insert(call, at: place)
        }
    }
}
