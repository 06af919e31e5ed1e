import InferenceAPI

/// What a backend's stream has brought so far, as a value: it checks the order of events and says which deltas to pass
/// on.
struct GenerationProgress: Sendable {
    /// For each choice, whether it has had its finish reason.
    private var isFinished: [Bool]
    private var textDeltaCount = 0
    private var usage: (prompt: Int, completion: Int)?
    /// The sums of all counts that came, and how many did.
    private var sums = (prompt: 0, completion: 0, counts: 0)
    private let promptCount: Int

    /// Whether the backend said `[DONE]`; nothing comes after.
    private(set) var isDone = false

    /// - Parameters:
    ///   - choiceCount: How many choices were asked for.
    ///   - promptCount: How many prompts share them.
    init(choiceCount: Int, promptCount: Int = 1) {
        self.promptCount = promptCount
        isFinished = Array(repeating: false, count: choiceCount)
    }

    /// Whether every choice has its finish reason: the output is whole, whatever happens to the stream now.
    var isComplete: Bool { isFinished.allSatisfy(\.self) }

    /// What the backend reported behind the deltas that were returned last; thrown by the next ``take(_:)``.
    private var failure: BackendError?

    /// Takes events in their order and returns the deltas to pass on, those before an error included.
    ///
    /// - Throws: ``BackendError``: what the backend reported inside its stream, or `protocolViolation` for a choice
    ///   that was not asked for or that goes on after its end.
    mutating func take(_ events: [BackendStreamEvent]) throws(BackendError) -> [ChoiceDelta] {
        if let failure { throw failure }
        var deltas: [ChoiceDelta] = []
        for event in events where !isDone {
            switch event {
            case .delta(let delta):
                if let delta = try take(delta) { deltas.append(delta) }
            case .usage(let prompt, let completion):
                usage = (prompt, completion)
                sums = (sums.prompt &+ prompt, sums.completion &+ completion, sums.counts + 1)
            case .error(let fault):
                let error = BackendError(inStream: fault)
                guard !deltas.isEmpty else { throw error }
                failure = error
                return deltas
            case .done:
                isDone = true
            }
        }
        return deltas
    }

    /// Checks the output at the end of the stream.
    ///
    /// A stream without `[DONE]` is accepted if every choice is finished: nothing of the output can be missing.
    ///
    /// - Throws: `protocolViolation` if the backend said `[DONE]` with a choice open, `unavailable` if it closed the
    ///   stream in the middle, as a server does that is being stopped.
    func checkEnd() throws(BackendError) {
        guard !isComplete else { return }
        throw isDone
            ? BackendError(.protocolViolation, "the backend ended its stream without a finish reason for every choice")
            : BackendError(.unavailable, "the backend closed its stream before the end of the output")
    }

    /// What is known at the end.
    ///
    /// With several choices some backends count the tokens of one only. llama.cpp does that: its counts are added up if
    /// there is one for each choice, and not believed otherwise. Nor is a count that is below the number of deltas with
    /// text: no delta has less than one token.
    func summary(isLlamaCpp: Bool) -> GenerationSummary {
        guard let usage else { return GenerationSummary(textDeltaCount: textDeltaCount) }
        let choices = isFinished.count
        if isLlamaCpp, choices > 1, sums.counts == choices, sums.completion >= textDeltaCount {
            return GenerationSummary(
                usage: TokenUsage(
                    // Each choice of a prompt counts that prompt.
                    promptTokens: sums.prompt / (choices / promptCount),
                    completionTokens: sums.completion,
                    source: .backend
                ),
                textDeltaCount: textDeltaCount
            )
        }
        let isBelieved = isFinished.count == 1 || !(isLlamaCpp || usage.completion < textDeltaCount)
        return GenerationSummary(
            usage: TokenUsage(
                promptTokens: usage.prompt,
                completionTokens: isBelieved ? usage.completion : textDeltaCount,
                source: isBelieved ? .backend : .estimated
            ),
            textDeltaCount: textDeltaCount
        )
    }

    private mutating func take(_ delta: ChoiceDelta) throws(BackendError) -> ChoiceDelta? {
        guard isFinished.indices.contains(delta.index) else {
            throw BackendError(
                .protocolViolation,
                "the backend sent choice \(delta.index) where \(isFinished.count) were asked for"
            )
        }
        let hasText = delta.textBytes > 0
        guard !isFinished[delta.index] else {
            // A finish reason or log probabilities once more say nothing new; text does.
            if !hasText { return nil }
            throw BackendError(.protocolViolation, "the backend sent output of a choice after its finish reason")
        }
        if hasText { textDeltaCount += 1 }
        if delta.finishReason != nil { isFinished[delta.index] = true }
        return delta
    }
}
