import Testing

@testable import Worker

@Suite(.timeLimit(.minutes(1)))
struct NetworkQuestionTests {
    private let question = NetworkQuestion<String>()

    @Test func `the answer with the question's number is taken, another is not`() async throws {
        let answer = try await question.ask(timeout: .seconds(60)) { number in
            question.answered(number &+ 1, "wrong")
            question.answered(number, "right")
            question.answered(number, "again")
            return true
        }
        #expect(answer == "right")
        #expect(!question.isOpen)
    }

    @Test func `one question at a time`() async throws {
        _ = try await question.ask(timeout: .seconds(60)) { number in
            #expect(question.isOpen)
            question.answered(number, "")
            return true
        }
        let first = Task { [question] in try await question.ask(timeout: .seconds(60)) { _ in true } }
        while !question.isOpen { await Task.yield() }
        await #expect(throws: QuestionFailure.busy) { try await question.ask(timeout: .seconds(60)) { _ in true } }
        question.sessionEnded()
        await #expect(throws: QuestionFailure.sessionLost) { try await first.value }
    }

    @Test func `without a session, and without an answer, it ends`() async throws {
        await #expect(throws: QuestionFailure.notConnected) {
            try await question.ask(timeout: .seconds(60)) { _ in false }
        }
        await #expect(throws: QuestionFailure.timeout(.zero)) {
            try await question.ask(timeout: .zero) { _ in true }
        }
        #expect(!question.isOpen)
    }

    @Test func `an asker who leaves makes room`() async throws {
        let asker = Task { [question] in try await question.ask(timeout: .seconds(60)) { _ in true } }
        while !question.isOpen { await Task.yield() }
        asker.cancel()
        await #expect(throws: CancellationError.self) { try await asker.value }
        #expect(!question.isOpen)
    }
}
