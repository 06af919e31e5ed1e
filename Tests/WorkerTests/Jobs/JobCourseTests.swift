import Backends
import InferenceAPI
import Testing
import WorkerProtocol

@testable import Worker

struct JobCourseTests {
    private let start = JobCourse.start
    private let usage = TokenUsage(promptTokens: 5, completionTokens: 2, source: .backend)

    /// A job whose receipt is on disk and was sent.
    private func reported() -> JobCourse {
        var course = JobCourse.test()
        course.say("Hello", finish: .stop)
        _ = course.backendFinished(GenerationSummary(usage: usage), networkTime: 2_000)
        _ = course.receiptStored(JobCourse.finished, at: start)
        return course
    }

    @Test func `output goes out numbered from zero, what came together in one message`() throws {
        var course = JobCourse.test(.init(choices: 2, tokens: 500))
        guard
            case .send(let first, _) = course.outputArrived(
                [ChoiceDelta(index: 0, content: "a"), ChoiceDelta(index: 1, content: "b")],
                networkTime: 1_000
            )
        else { throw Unexpected("the first output was not sent") }
        #expect(first.sequence == 0)
        #expect(first.choices.map(\.content) == ["a", "b"])
        #expect(course.say("c")?.sequence == 1)
    }

    @Test func `a complete output is signed with the backend's count and its own times`() throws {
        var course = JobCourse.test()
        course.say("Hel")
        course.say("lo", finish: .stop)
        let actions = course.backendFinished(GenerationSummary(usage: usage), networkTime: 2_000)
        let output = try #require(actions.output)
        #expect(output.choices.map(\.content) == ["Hello"])
        #expect(output.usage == usage)
        #expect(output.firstTokenAtMilliseconds == 1_000)
        #expect(output.finishedAtMilliseconds == 2_000)
        #expect(actions.messages.isEmpty)
    }

    @Test func `the receipt goes out only after it is stored`() {
        var course = JobCourse.test()
        course.say("Hello", finish: .stop)
        #expect(course.backendFinished(GenerationSummary(usage: usage), networkTime: 2_000).messages.isEmpty)
        let sent = course.receiptStored(JobCourse.finished, at: start).messages
        #expect(sent == [JobCourse.finished.message])
    }

    @Test func `a receipt that cannot be stored is never sent, and the job fails`() {
        var course = JobCourse.test()
        course.say("Hello", finish: .stop)
        _ = course.backendFinished(GenerationSummary(usage: usage), networkTime: 2_000)
        let actions = course.receiptLost("the disk is full")
        #expect(actions.failure?.code == .workerError)
        #expect(actions.ending == .failed(code: "worker_error", message: "the disk is full"))
        #expect(actions.leaves)
    }

    @Test func `a backend that ends without a finish reason breaks its protocol`() {
        var course = JobCourse.test()
        course.say("Hel")
        #expect(course.backendFinished(GenerationSummary(), networkTime: 2_000).failure?.code == .backendProtocol)
    }

    @Test(arguments: [
        (BackendError.Code.unavailable, WireJobFailure.backendUnavailable), (.timeout, .backendTimeout),
        (.contextLengthExceeded, .contextLengthExceeded), (.invalidRequest, .invalidRequest), (.failed, .backendError),
    ])
    func `a backend's failure is told in the protocol's words`(code: BackendError.Code, wire: WireJobFailure) {
        var course = JobCourse.test()
        let actions = course.backendFailed(BackendError(code, "no"))
        #expect(actions.failure?.code == wire)
        #expect(actions.ending == .failed(code: wire.word, message: "no"))
        #expect(actions.stopsBackend && actions.leaves)
    }

    @Test func `more output than agreed fails the job`() throws {
        var course = JobCourse.test(.init(tokens: 500, outputBytes: 8))
        course.say("1234")
        guard
            case .end(let actions) = course.outputArrived([ChoiceDelta(index: 0, content: "56789")], networkTime: 1_000)
        else { throw Unexpected("the output was taken") }
        #expect(actions.failure?.code == .outputTooLarge)
    }

    // MARK: Cancel

    @Test func `a cancel before the first delta ends the job without a receipt`() {
        var course = JobCourse.test()
        let actions = course.cancelled(.callerGone, networkTime: 1_000, at: start)
        #expect(actions.stopsBackend)
        #expect(actions.failure?.code == .cancelled)
        #expect(actions.ending == .cancelled(code: "caller_gone"))
        #expect(actions.leaves)
        #expect(course.say("late") == nil)
    }

    @Test func `a cancel after the first delta closes the choices and signs what there is`() throws {
        var course = JobCourse.test(.init(choices: 2, tokens: 500))
        course.say("one")
        course.say("two", choice: 1, finish: .stop)
        let actions = course.cancelled(.callerGone, networkTime: 3_000, at: start)
        #expect(actions.stopsBackend)
        let closing = try #require(actions.deltas.first)
        #expect(closing.sequence == 2)
        #expect(closing.choices.map(\.index) == [0])
        #expect(closing.choices.map(\.finishReason) == ["cancelled"])
        let output = try #require(actions.output)
        #expect(output.choices.map(\.finishReason) == [.cancelled, .stop])
        #expect(output.usage == TokenUsage(promptTokens: 7, completionTokens: 2, source: .estimated))
        #expect(course.say("late") == nil)
    }

    @Test func `a cancel of a job whose receipt is out sends the receipt again`() {
        var course = reported()
        #expect(course.cancelled(.jobLost, networkTime: 3_000, at: start).messages == [JobCourse.finished.message])
    }

    // MARK: Deadline

    @Test func `before the deadline open choices end with length and are signed`() throws {
        var course = JobCourse.test()
        course.say("so far")
        #expect(course.timeReached(start + .seconds(54), networkTime: 54_000).isEmpty)
        let actions = course.timeReached(start + .seconds(55), networkTime: 55_000)
        #expect(actions.stopsBackend)
        #expect(actions.deltas.first?.choices.map(\.finishReason) == ["length"])
        #expect(try #require(actions.output).choices.map(\.finishReason) == [.length])
    }

    @Test func `a job without output before the deadline fails`() {
        var course = JobCourse.test()
        let actions = course.timeReached(start + .seconds(55), networkTime: 55_000)
        #expect(actions.failure?.code == .backendTimeout)
        #expect(actions.output == nil)
    }

    // MARK: Lost sessions

    @Test func `what was made while no session stood follows what the network asks for, in order`() {
        var course = JobCourse.test()
        for text in ["a", "b", "c"] { course.say(text) }
        course.sessionLost(at: start)
        course.say("d", finish: .stop)
        _ = course.backendFinished(GenerationSummary(usage: usage), networkTime: 2_000)
        #expect(course.receiptStored(JobCourse.finished, at: start).isEmpty)
        #expect(course.isOpen)

        let messages = course.resumed(nextSequence: 1, at: start).messages
        #expect(messages.count == 4)
        let sequences = messages.prefix(3).compactMap { message -> UInt64? in
            if case .jobDelta(let delta) = message { delta.sequence } else { nil }
        }
        #expect(sequences == [1, 2, 3])
        #expect(messages.last == JobCourse.finished.message)
    }

    @Test func `a job whose network does not come back is stopped and written down`() {
        var course = JobCourse.test()
        course.say("a")
        course.sessionLost(at: start)
        #expect(course.timeReached(start + .seconds(9), networkTime: 9_000).isEmpty)
        let actions = course.timeReached(start + .seconds(10), networkTime: 10_000)
        #expect(actions.stopsBackend && actions.leaves)
        guard case .failed("job_lost", _) = actions.ending else {
            Issue.record("not written down: \(actions)")
            return
        }
    }

    @Test func `a failure while no session stood is told on the next`() {
        var course = JobCourse.test()
        course.say("a")
        course.sessionLost(at: start)
        let failed = course.backendFailed(BackendError(.unavailable, "gone"))
        #expect(failed.messages.isEmpty)
        #expect(failed.ending != nil)
        #expect(course.isOpen)
        let actions = course.resumed(nextSequence: 0, at: start)
        #expect(actions.failure?.code == .backendUnavailable)
        #expect(actions.leaves)
    }

    @Test func `a network that asks for output which is not kept gets a failure`() {
        var course = JobCourse.test(.init(tokens: 500, resumeBytes: 512))
        for _ in 0..<10 { course.say("token") }
        course.sessionLost(at: start)
        #expect(course.resumed(nextSequence: 0, at: start).failure?.code == .outputTooLarge)
    }

    // MARK: The verdict

    @Test func `a paid job leaves once the payout is booked`() {
        var course = reported()
        #expect(course.settled(at: start).isEmpty)
        #expect(course.paid().leaves)
    }

    @Test func `a payout may be booked before its statement`() {
        var course = reported()
        #expect(course.paid().isEmpty)
        #expect(course.settled(at: start).leaves)
    }

    @Test func `a paid job does not wait for the word of its payout for long`() {
        var course = reported()
        _ = course.settled(at: start)
        #expect(!course.timeReached(start + .seconds(1), networkTime: 0).leaves)
        #expect(course.timeReached(start + .seconds(2), networkTime: 0).leaves)
    }

    @Test func `a job without a verdict leaves memory, since its receipt is on disk`() {
        var course = reported()
        #expect(course.timeReached(start + .seconds(29), networkTime: 0).isEmpty)
        let actions = course.timeReached(start + .seconds(30), networkTime: 0)
        #expect(actions.leaves)
        #expect(actions.ending == nil)
    }

    @Test func `a refused job leaves`() {
        var course = reported()
        #expect(course.refused().leaves)
    }

    // MARK: Vectors

    private static let vector = ChoiceDelta(index: 0, embedding: [0, 0, 0x80, 0x3F], finishReason: .stop)

    private func vectors() -> JobCourse {
        var course = JobCourse.test(.init(form: .vectors, choices: 2, tokens: 500))
        _ = course.outputArrived([Self.vector], networkTime: 1_000)
        return course
    }

    @Test func `half of the vectors at the deadline are a failure`() {
        var course = vectors()
        let actions = course.timeReached(JobCourse.start + .seconds(55), networkTime: 56_000)
        #expect(actions.failure?.code == .backendTimeout)
        #expect(actions.output == nil)
    }

    @Test func `vectors that were made before the caller left are signed for`() throws {
        var course = vectors()
        let actions = course.cancelled(.callerGone, networkTime: 2_000, at: JobCourse.start)
        let output = try #require(actions.output)
        #expect(output.choices.map(\.embedding.count) == [4, 0])
        #expect(output.usage == TokenUsage(promptTokens: 7, completionTokens: 0, source: .estimated))
        #expect(actions.deltas.flatMap(\.choices).map(\.finishReason) == ["cancelled"])
    }

    @Test func `text is no vector`() throws {
        var course = vectors()
        let text = ChoiceDelta(index: 1, content: "a", finishReason: .stop)
        guard case .end(let actions) = course.outputArrived([text], networkTime: 1_001) else {
            Issue.record("the job goes on")
            return
        }
        #expect(actions.failure?.code == .backendProtocol)
    }
}

/// Something happened that a test does not expect.
struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
