import Backends
import InferenceAPI
import TestSupport
import Testing

@testable import Worker

struct ModelLoadTests {
    private func load(_ backend: ScriptedBackend) -> ModelLoad {
        ModelLoad(backend: backend, model: "Tiny", timeouts: GenerationTimeouts())
    }

    @Test func `every caller asks its rounds, and what the backend counts is taken`() async throws {
        let backend = ScriptedBackend(saying: ["a", "b", "c"], promptTokens: 32)
        let load = load(backend)
        #expect(try await load.wordsPerToken() == 2)
        let result = await load.run(concurrency: 4, words: 10, outputTokens: 3)
        #expect(result.concurrency == 4)
        #expect(result.requests == 4 * BenchmarkPlan.rounds)
        #expect(result.failed == 0)
        #expect(result.outputTokensPerSecond > 0)
        #expect(result.promptTokensPerSecond > 0)
    }

    @Test func `requests that fail are counted and do not end the run`() async {
        let backend = ScriptedBackend { _ in ([.fail(BackendError(.unavailable, "too busy"))], nil) }
        let result = await load(backend).run(concurrency: 2, words: 10, outputTokens: 3)
        #expect(result.requests == 0)
        #expect(result.failed == 2 * BenchmarkPlan.rounds)
    }

    @Test func `a backend that does not answer at all cannot be measured`() async {
        let backend = ScriptedBackend { _ in ([.fail(BackendError(.unavailable, "down"))], nil) }
        await #expect(throws: BackendError.self) { try await load(backend).wordsPerToken() }
    }

    @Test func `a plan fits the window of the model`() {
        let plan = BenchmarkPlan(models: [], concurrencies: [4, 1], promptTokens: 512, outputTokens: 128)
        #expect(plan.concurrencies == [1, 4])
        #expect(plan.promptTokens(in: 32_768) == 512)
        #expect(plan.promptTokens(in: 512) == 256)
        #expect(plan.promptTokens(in: 128) == 1)
        #expect(plan.window(in: 32_768) == 1_408)
        #expect(plan.window(in: 512) == 512)
    }
}
