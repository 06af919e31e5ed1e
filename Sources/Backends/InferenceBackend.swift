package import InferenceAPI

/// What runs a model for the worker.
///
/// A conformance names a real thing: ``OpenAIBackend`` speaks to any OpenAI-compatible HTTP server,
/// ``LlamaServerBackend`` also starts and watches its own. The role is this narrow so that a double in the tests can
/// fill it, and so that the conformance suite in TestSupport can say all of what it promises.
package protocol InferenceBackend: Sendable {
    /// The backend's name in the configuration, for the log and for status.
    var name: String { get }

    /// Asks the backend how it is.
    ///
    /// Never throws and ends within a few seconds: what goes wrong is the answer.
    func probe() async -> BackendHealth

    /// Runs one request and hands over its output as it comes.
    ///
    /// Deltas keep their order. Those that arrived in one read of the backend's socket come in one call of `deliver`,
    /// which is not called again before it returns: a slow `deliver` slows the backend down instead of filling memory.
    /// Deltas without any text are left out, and every tool call has its `id` in its first delta. Cancelling the task
    /// closes the connection to the backend, which is how a backend is told to stop.
    ///
    /// - Parameters:
    ///   - request: The body for the backend, and how long each phase may take.
    ///   - deliver: Takes deltas, never an empty array. What it throws ends the request and is thrown on.
    /// - Returns: What is known at the end. Every choice has had its finish reason.
    /// - Throws: ``BackendError``, or `CancellationError` if the task was cancelled.
    func generate(
        _ request: GenerationRequest,
        deliver: @Sendable ([ChoiceDelta]) async throws -> Void
    ) async throws -> GenerationSummary

    /// Does the backend's long-lived work, such as keeping a process alive.
    ///
    /// Returns once the task is cancelled or the service group shuts down gracefully, and what the backend started has
    /// ended. A backend without such work just waits.
    func run() async throws
}
