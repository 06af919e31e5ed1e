import Backends
import InferenceAPI
import Testing
import WorkerProtocol

@testable import Gateway

@Suite struct SeedCourseTests {
    private let request: InferenceRequest

    init() throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"hello there, who is it?"}]}"#
        request = try InferenceRequest.parse(Array(body.utf8), as: .chatCompletions)
    }

    private func course(limit: Int = 50) -> SeedCourse {
        SeedCourse(
            jobID: JobID(milliseconds: 1, random: 1),
            request: request,
            maxOutputTokens: limit,
            outputBytes: 100
        )
    }

    private func text(_ text: String, finish: FinishReason? = nil) -> [ChoiceDelta] {
        [ChoiceDelta(index: 0, content: text, finishReason: finish)]
    }

    /// `#expect` cannot hold a mutating call.
    private func expect(
        _ actions: [SeedCourse.Action],
        _ names: [String],
        at location: SourceLocation = #_sourceLocation
    ) {
        #expect(actions.names == names, sourceLocation: location)
    }

    @Test func `output is relayed in order and signed at its end`() {
        var course = course()
        expect(course.outputArrived(text("a"), at: 10), ["relay 0 a"])
        expect(course.outputArrived(text("b", finish: .stop), at: 20), ["relay 1 b"])
        let usage = TokenUsage(promptTokens: 5, completionTokens: 2, source: .backend)
        let actions = course.upstreamFinished(GenerationSummary(usage: usage), at: 30)
        #expect(actions.names == ["sign ab stop 5/2 from 10 to 30"])
        #expect(course.isEnded)
    }

    @Test func `a claim is never more than the network accepts`() {
        var course = course(limit: 1)
        _ = course.outputArrived(text("ab", finish: .stop), at: 10)
        let usage = TokenUsage(promptTokens: 5, completionTokens: 900, source: .backend)
        expect(course.upstreamFinished(GenerationSummary(usage: usage), at: 10), ["sign ab stop 5/1 from 10 to 10"])
    }

    @Test func `an upstream that ends without a finish reason has failed`() {
        var course = course()
        _ = course.outputArrived(text("a"), at: 10)
        expect(course.upstreamFinished(GenerationSummary(), at: 10), ["fail backendProtocol"])
        expect(course.upstreamFinished(GenerationSummary(), at: 10), [])
    }

    @Test func `what was made when the deadline nears is cut and signed`() {
        var course = course()
        _ = course.outputArrived(text("a"), at: 10)
        expect(
            course.deadlineNears(at: 20),
            ["relay 1  length", "sign a length \(request.estimatedPromptTokens)/1 from 10 to 20"]
        )
        expect(course.outputArrived(text("b"), at: 21), [])
    }

    @Test func `a job without output has failed when the deadline nears`() {
        var course = course()
        expect(course.deadlineNears(at: 20), ["fail backendTimeout"])
    }

    @Test func `a job that is not wanted any more is signed as far as it came`() {
        var waiting = course()
        expect(waiting.cancelled(at: 20), ["fail cancelled"])
        var streaming = course()
        _ = streaming.outputArrived(text("a"), at: 10)
        expect(
            streaming.cancelled(at: 20),
            ["relay 1  cancelled", "sign a cancelled \(request.estimatedPromptTokens)/1 from 10 to 20"]
        )
        expect(streaming.cancelled(at: 20), [])
        expect(streaming.deadlineNears(at: 20), [])
    }

    @Test func `output past its bound and output of a choice that nobody asked for end the job`() {
        var tooLong = course()
        expect(tooLong.outputArrived(text(String(repeating: "x", count: 101)), at: 1), ["fail outputTooLarge"])
        var unknown = course()
        expect(unknown.outputArrived([ChoiceDelta(index: 3, content: "x")], at: 1), ["fail backendProtocol"])
    }

    @Test(arguments: [
        (BackendError.Code.unavailable, "backendUnavailable"), (.timeout, "backendTimeout"),
        (.protocolViolation, "backendProtocol"), (.invalidRequest, "invalidRequest"),
        (.contextLengthExceeded, "contextLengthExceeded"), (.failed, "backendError"),
        (.unsupported, "unsupported"),
    ])
    func `a failure of the upstream keeps its meaning`(code: BackendError.Code, name: String) {
        var course = course()
        expect(course.upstreamFailed(BackendError(code, "no")), ["fail \(name)"])
        expect(course.upstreamFailed(BackendError(code, "no")), [])
    }
}

extension [SeedCourse.Action] {
    /// The actions as words, which is what tests compare.
    fileprivate var names: [String] {
        map { action in
            switch action {
            case .relay(let delta):
                "relay \(delta.sequence) "
                    + delta.choices.map { $0.content + ($0.content.isEmpty ? " \($0.finishReason)" : "") }.joined()
            case .sign(let output):
                "sign \(output.choices[0].content) \(output.choices[0].finishReason.rawValue) "
                    + "\(output.usage.promptTokens)/\(output.usage.completionTokens) "
                    + "from \(output.firstTokenAt ?? -1) to \(output.finishedAt)"
            case .fail(let code, _): "fail \(code)"
            }
        }
    }
}
