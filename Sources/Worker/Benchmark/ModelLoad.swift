import Backends
import InferenceAPI
import Synchronization

/// Puts a model under load and measures what comes.
struct ModelLoad: Sendable {
    let backend: any InferenceBackend
    /// What the backend calls the model.
    let model: String
    let timeouts: GenerationTimeouts
    var clock: any Clock<Duration> = ContinuousClock()

    /// Words of a prompt for each token, as this model's tokenizer takes our words: asked with a short prompt, which
    /// also wakes the model up.
    ///
    /// - Throws: ``BackendError`` if the backend does not answer.
    func wordsPerToken() async throws -> Double {
        let words = 64
        let sample = try await ask(words: words, outputTokens: 1)
        return sample.promptTokens > 0 ? Double(words) / Double(sample.promptTokens) : 1
    }

    /// `concurrency` callers at once, each asking a few times.
    func run(concurrency: Int, words: Int, outputTokens: Int) async -> LoadResult {
        let stopwatch = Stopwatch(clock)
        let results = await withTaskGroup(of: [RequestSample?].self) { callers in
            for _ in 0..<concurrency {
                callers.addTask {
                    var samples: [RequestSample?] = []
                    for _ in 0..<BenchmarkPlan.rounds {
                        samples.append(try? await ask(words: words, outputTokens: outputTokens))
                    }
                    return samples
                }
            }
            return await callers.reduce(into: []) { $0 += $1 }
        }
        let samples = results.compactMap(\.self)
        return LoadResult(
            concurrency: concurrency,
            samples: samples,
            failed: results.count - samples.count,
            seconds: stopwatch.elapsed.seconds
        )
    }

    /// Asks once.
    ///
    /// - Throws: ``BackendError``.
    private func ask(words: Int, outputTokens: Int) async throws -> RequestSample {
        let request = try ModelQuestion.request(
            model: model,
            prompt: Self.prompt(words: words),
            outputTokens: outputTokens,
            timeouts: timeouts
        )
        let stopwatch = Stopwatch(clock)
        let first = Mutex<Duration?>(nil)
        let summary = try await backend.generate(request) { _ in
            first.withLock { $0 = $0 ?? stopwatch.elapsed }
        }
        return RequestSample(
            firstToken: first.withLock { $0 }?.seconds,
            total: stopwatch.elapsed.seconds,
            // A backend that does not count is taken at its word count and its pieces.
            promptTokens: summary.usage?.promptTokens ?? words,
            outputTokens: summary.usage?.completionTokens ?? summary.textDeltaCount
        )
    }

    /// Words after a number that no other request has, so that no cache of prompts knows the beginning.
    private static func prompt(words: Int) -> String {
        let start = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let list = ["tell", "me", "a", "long", "story", "of", "the", "sea", "and", "its", "ships"]
        return start + (0..<max(0, words)).map { " " + list[$0 % list.count] }.joined()
    }
}

extension Duration {
    fileprivate var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
