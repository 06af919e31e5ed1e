import InferenceAPI
import Testing

@testable import Backends

@Suite struct GenerationProgressTests {
    @Test func `a stream is complete when each choice has its finish reason`() throws {
        var progress = GenerationProgress(choiceCount: 2)
        _ = try progress.take([.delta(ChoiceDelta(index: 1, content: "b", finishReason: .stop))])
        #expect(!progress.isComplete)
        _ = try progress.take([.delta(ChoiceDelta(index: 0, finishReason: .length))])
        #expect(progress.isComplete)
        try progress.checkEnd()
    }

    @Test func `a stream that says it is done with a choice open breaks the protocol`() async throws {
        var progress = GenerationProgress(choiceCount: 1)
        _ = try progress.take([.delta(ChoiceDelta(index: 0, content: "a")), .done])
        await expectError(.protocolViolation) { try progress.checkEnd() }
    }

    @Test func `a stream that just ends is a backend that went away`() async throws {
        var progress = GenerationProgress(choiceCount: 1)
        _ = try progress.take([.delta(ChoiceDelta(index: 0, content: "a"))])
        await expectError(.unavailable) { try progress.checkEnd() }
    }

    @Test func `nothing after the end is taken`() throws {
        var progress = GenerationProgress(choiceCount: 1)
        let deltas = try progress.take([
            .delta(ChoiceDelta(index: 0, finishReason: .stop)), .done, .delta(ChoiceDelta(index: 0, content: "late")),
        ])
        #expect(deltas == [ChoiceDelta(index: 0, finishReason: .stop)])
    }

    @Test(arguments: [-1, 1, 7])
    func `a choice that was not asked for breaks the protocol`(index: Int) async {
        var progress = GenerationProgress(choiceCount: 1)
        await expectError(.protocolViolation) {
            _ = try progress.take([.delta(ChoiceDelta(index: index, content: "a"))])
        }
    }

    @Test func `a choice that goes on after its end breaks the protocol`() async {
        var progress = GenerationProgress(choiceCount: 1)
        await expectError(.protocolViolation) {
            _ = try progress.take([
                .delta(ChoiceDelta(index: 0, finishReason: .stop)), .delta(ChoiceDelta(index: 0, content: "more")),
            ])
        }
    }

    @Test func `a repeated finish reason is dropped`() throws {
        var progress = GenerationProgress(choiceCount: 1)
        let deltas = try progress.take([
            .delta(ChoiceDelta(index: 0, finishReason: .stop)), .delta(ChoiceDelta(index: 0, finishReason: .stop)),
        ])
        #expect(deltas.count == 1)
    }

    @Test func `an error inside the stream is thrown without its text`() {
        var progress = GenerationProgress(choiceCount: 1)
        let error = #expect(throws: BackendError.self) {
            _ = try progress.take([
                .error(BackendFault(status: 500, kind: "server_error", message: "cannot parse: my secret prompt"))
            ])
        }
        #expect(error?.code == .failed)
        #expect(error?.message.contains("secret") == false)
    }

    @Test func `what came before an error is passed on before it is thrown`() async throws {
        var progress = GenerationProgress(choiceCount: 1)
        let deltas = try progress.take([
            .delta(ChoiceDelta(index: 0, content: "a")), .error(BackendFault(message: "no")),
            .delta(ChoiceDelta(index: 0, content: "b")),
        ])
        #expect(deltas.map(\.content) == ["a"])
        await expectError(.failed) { _ = try progress.take([]) }
    }

    @Test func `usage of one choice is the backend's`() throws {
        var progress = GenerationProgress(choiceCount: 1)
        _ = try progress.take([
            .delta(ChoiceDelta(index: 0, content: "a")), .delta(ChoiceDelta(index: 0, content: "b")),
            .delta(ChoiceDelta(index: 0, finishReason: .stop)), .usage(prompt: 5, completion: 1), .done,
        ])
        // Two deltas of one token: a server may cut a token in two, and with one choice it knows what it counted.
        let summary = progress.summary(isLlamaCpp: true)
        #expect(summary.usage == TokenUsage(promptTokens: 5, completionTokens: 1, source: .backend))
        #expect(summary.textDeltaCount == 2)
    }

    @Test func `no usage is no usage`() throws {
        var progress = GenerationProgress(choiceCount: 1)
        _ = try progress.take([.delta(ChoiceDelta(index: 0, content: "a", finishReason: .stop)), .done])
        #expect(progress.summary(isLlamaCpp: false) == GenerationSummary(usage: nil, textDeltaCount: 1))
    }

    @Test(arguments: [
        (
            completion: 2, isLlamaCpp: false,
            expected: TokenUsage(promptTokens: 5, completionTokens: 4, source: .estimated)
        ),
        (
            completion: 4, isLlamaCpp: false,
            expected: TokenUsage(promptTokens: 5, completionTokens: 4, source: .backend)
        ),
        (
            completion: 9, isLlamaCpp: false,
            expected: TokenUsage(promptTokens: 5, completionTokens: 9, source: .backend)
        ),
        (
            completion: 9, isLlamaCpp: true,
            expected: TokenUsage(promptTokens: 5, completionTokens: 4, source: .estimated)
        ),
    ])
    func `usage of several choices is believed only if it can cover them all`(
        completion: Int,
        isLlamaCpp: Bool,
        expected: TokenUsage
    ) throws {
        var progress = GenerationProgress(choiceCount: 2)
        let text = (0..<4).map { BackendStreamEvent.delta(ChoiceDelta(index: $0 % 2, content: "a")) }
        let ends = (0..<2).map { BackendStreamEvent.delta(ChoiceDelta(index: $0, finishReason: .stop)) }
        _ = try progress.take(text + ends + [.usage(prompt: 5, completion: completion), .done])
        #expect(progress.summary(isLlamaCpp: isLlamaCpp).usage == expected)
    }

    @Test func `llama.cpp's counts are added up where there is one for each choice`() throws {
        var progress = GenerationProgress(choiceCount: 4, promptCount: 2)
        for index in 0..<4 {
            _ = try progress.take([
                .delta(ChoiceDelta(index: index, content: "a", finishReason: .stop)),
                .usage(prompt: index < 2 ? 3 : 5, completion: 2),
            ])
        }
        let usage = TokenUsage(promptTokens: 8, completionTokens: 8, source: .backend)
        #expect(progress.summary(isLlamaCpp: true).usage == usage)
    }
}
