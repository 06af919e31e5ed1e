import Backends
import InferenceAPI
import Receipts
import WorkerProtocol

/// The course of one job at a seed provider, from the gateway's acceptance to its receipt, as a value.
///
/// It takes what happened and returns what to do, as a worker's own course does. ``SeedRun`` holds it.
struct SeedCourse: Sendable {
    enum Phase: Sendable {
        /// No output yet. To `streaming` or `ended`.
        case waiting
        /// Output flows. To `ended`.
        case streaming
        /// The receipt is signed, or the job is given up. Final.
        case ended
    }

    enum Action: Sendable {
        /// Relay it to the job.
        case relay(WireJobDelta)
        /// Sign the receipt of a complete output, and hand it in.
        case sign(Output)
        /// Tell the job that it failed here.
        case fail(WireJobFailure, String)
    }

    /// What a receipt is made of.
    struct Output: Sendable {
        var choices: [FinalChoice]
        var usage: TokenUsage
        /// Unix milliseconds; `nil` if there was no output.
        var firstTokenAt: Int64?
        var finishedAt: Int64
    }

    private(set) var phase = Phase.waiting
    private let jobID: JobID
    private let form: OutputForm
    private let choiceCount: Int
    private let maxOutputTokens: Int
    private let estimatedPromptTokens: Int
    private var output: OutputAccumulator
    private var sequence: UInt64 = 0
    private var textDeltas = 0
    private var firstTokenAt: Int64?

    init(jobID: JobID, request: InferenceRequest, maxOutputTokens: Int, outputBytes: Int) {
        self.jobID = jobID
        form = request.kind.outputForm
        choiceCount = request.outputCount
        self.maxOutputTokens = maxOutputTokens
        estimatedPromptTokens = request.estimatedPromptTokens
        // Logprobs are relayed and no digest covers them, so they need not be joined here.
        output = OutputAccumulator(
            form: form,
            choiceCount: choiceCount,
            byteLimit: outputBytes,
            logprobsByteLimit: nil
        )
    }

    var isEnded: Bool {
        if case .ended = phase { true } else { false }
    }

    /// Takes what the upstream sent together; `now` is Unix milliseconds, here and below.
    mutating func outputArrived(_ deltas: [ChoiceDelta], at now: Int64) -> [Action] {
        guard !isEnded else { return [] }
        phase = .streaming
        firstTokenAt = firstTokenAt ?? now
        for delta in deltas {
            do {
                try output.append(delta)
            } catch {
                return fail(error.code == .tooLarge ? .outputTooLarge : .backendProtocol, error.message)
            }
            if delta.textBytes > 0 { textDeltas += 1 }
        }
        return [.relay(numbered(deltas))]
    }

    /// The upstream is done.
    mutating func upstreamFinished(_ summary: GenerationSummary, at now: Int64) -> [Action] {
        guard !isEnded else { return [] }
        guard output.isComplete else {
            return fail(.backendProtocol, "the upstream ended without a finish reason")
        }
        return [sign(reported: summary.usage, at: now)]
    }

    mutating func upstreamFailed(_ error: BackendError) -> [Action] {
        isEnded ? [] : fail(WireJobFailure(error.code), error.message)
    }

    /// The job is not wanted any more; what was made until now is.
    mutating func cancelled(at now: Int64) -> [Action] {
        switch phase {
        case .waiting: fail(.cancelled, "the job was cancelled")
        case .streaming: cut(as: .cancelled, at: now)
        case .ended: []
        }
    }

    /// The receipt must be there before the deadline, which is near.
    mutating func deadlineNears(at now: Int64) -> [Action] {
        switch phase {
        case .waiting: fail(.backendTimeout, "the upstream had no output before the deadline")
        // Half of the vectors are no answer.
        case .streaming where form == .vectors:
            fail(.backendTimeout, "the vectors were not all there before the deadline")
        case .streaming: cut(as: .length, at: now)
        case .ended: []
        }
    }

    /// Closes the choices that are open and signs what there is.
    private mutating func cut(as reason: FinishReason, at now: Int64) -> [Action] {
        let closing = output.finishOpenChoices(as: reason)
        let relays = closing.isEmpty ? [] : [Action.relay(numbered(closing))]
        return relays + [sign(reported: nil, at: now)]
    }

    private mutating func numbered(_ deltas: [ChoiceDelta]) -> WireJobDelta {
        defer { sequence += 1 }
        return .make {
            $0.jobID = jobID.description
            $0.sequence = sequence
            $0.choices = deltas.map(WireChoiceDelta.init)
        }
    }

    private mutating func sign(reported: TokenUsage?, at now: Int64) -> Action {
        phase = .ended
        return .sign(
            Output(
                choices: output.choices,
                usage: claim(reported: reported),
                firstTokenAt: firstTokenAt,
                finishedAt: max(now, firstTokenAt ?? now)
            )
        )
    }

    private func claim(reported: TokenUsage?) -> TokenUsage {
        if form == .vectors {
            return UsageClaim.promptUsage(
                reported: reported,
                estimatedPrompt: estimatedPromptTokens,
                tokenLimit: maxOutputTokens
            )
        }
        return UsageClaim.usage(
            reported: reported,
            estimatedPrompt: estimatedPromptTokens,
            output: .init(
                textDeltas: textDeltas,
                bytes: output.byteCount,
                choices: choiceCount,
                tokenLimit: maxOutputTokens
            )
        )
    }

    private mutating func fail(_ code: WireJobFailure, _ message: String) -> [Action] {
        phase = .ended
        return [.fail(code, message)]
    }
}

extension WireJobFailure {
    /// What an upstream's failure is called in the worker protocol.
    init(_ code: BackendError.Code) {
        switch code {
        case .unavailable: self = .backendUnavailable
        case .timeout: self = .backendTimeout
        case .protocolViolation: self = .backendProtocol
        case .invalidRequest: self = .invalidRequest
        case .contextLengthExceeded: self = .contextLengthExceeded
        case .failed: self = .backendError
        case .unsupported: self = .unsupported
        }
    }
}
