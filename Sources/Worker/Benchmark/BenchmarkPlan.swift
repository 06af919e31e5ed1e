/// What `benchmark` shall measure.
package struct BenchmarkPlan: Sendable, Equatable {
    /// The network's ids; empty: every model.
    package var models: [String]
    /// Requests at once, ascending.
    package var concurrencies: [Int]
    /// Of each request, about.
    package var promptTokens: Int
    /// Of each request, at most.
    package var outputTokens: Int

    package init(models: [String], concurrencies: [Int], promptTokens: Int, outputTokens: Int) {
        self.models = models
        self.concurrencies = concurrencies.sorted()
        self.promptTokens = promptTokens
        self.outputTokens = outputTokens
    }

    /// Requests that each caller sends, one after the other: the first of all callers begin together, the second do not.
    static let rounds = 2

    /// The prompt's length in a model's window, so that it and the output fit.
    func promptTokens(in contextWindow: Int) -> Int {
        max(1, min(promptTokens, contextWindow - outputTokens - Self.reserve))
    }

    /// The window of one slot that the plan needs.
    func window(in contextWindow: Int) -> Int {
        min(contextWindow, 2 * promptTokens + outputTokens + 2 * Self.reserve)
    }

    /// For the template around a message, in tokens.
    private static let reserve = 128
}
