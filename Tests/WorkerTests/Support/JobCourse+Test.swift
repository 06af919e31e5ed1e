import Backends
import InferenceAPI
import WorkerProtocol

@testable import Worker

extension JobCourse.Action {
    /// The message, if it is one.
    var message: WireWorkerMessage.OneOf_Message? {
        if case .send(let message, _) = self { message.message } else { nil }
    }
}

extension [JobCourse.Action] {
    /// What goes on the stream, in order.
    var messages: [WireWorkerMessage.OneOf_Message] { compactMap(\.message) }

    var failure: WireJobFailed? {
        messages.lazy.compactMap { if case .jobFailed(let failed) = $0 { failed } else { nil } }.first
    }

    var deltas: [WireJobDelta] {
        messages.compactMap { if case .jobDelta(let delta) = $0 { delta } else { nil } }
    }

    /// The output to sign, if the job is complete.
    var output: JobOutput? {
        lazy.compactMap { if case .sign(let output) = $0 { output } else { nil } }.first
    }

    var ending: JobEnding? {
        lazy.compactMap { if case .record(let ending) = $0 { ending } else { nil } }.first
    }

    var stopsBackend: Bool { contains { if case .stopBackend = $0 { true } else { false } } }
    var leaves: Bool { contains { if case .leave = $0 { true } else { false } } }
}

extension JobCourse {
    static let start = ContinuousClock.now
    static let testID = JobID(milliseconds: 1_781_533_320_000, random: 1)

    /// A job that stops by itself 55 s after the start.
    static func test(_ limits: Limits = Limits(tokens: 500)) -> JobCourse {
        JobCourse(id: testID, limits: limits, estimatedPromptTokens: 7, stopAt: start + .seconds(55))
    }

    /// Feeds output and returns the delta that goes out.
    @discardableResult
    mutating func say(_ text: String, choice: Int = 0, finish: FinishReason? = nil) -> WireJobDelta? {
        let delta = ChoiceDelta(index: choice, content: text, finishReason: finish)
        guard case .send(let wire, _) = outputArrived([delta], networkTime: 1_000) else { return nil }
        return wire
    }

    /// A `JobFinished` as the daemon makes it.
    static let finished = WireWorkerMessage.finished(
        testID.description,
        TokenUsage(promptTokens: 7, completionTokens: 2, source: .backend),
        receipt: [1, 2, 3]
    )
}
