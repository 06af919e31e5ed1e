package import Backends
package import InferenceAPI
import Synchronization

/// The double of a backend: no process and no socket, only what a test tells it to do.
package final class ScriptedBackend: InferenceBackend {
    /// One step of a generation.
    package enum Step: Sendable {
        /// Deltas that arrive together.
        case deltas([ChoiceDelta])
        /// Goes on when the test opens the gate.
        case wait(Gate)
        /// Fails.
        case fail(BackendError)
    }

    package enum Event: Sendable {
        case generationBegan(body: [UInt8])
        /// The task was cancelled, which is how a caller that hangs up reaches a backend.
        case generationCancelled
        case generationEnded
        /// ``run()`` is over: the backend is let go.
        case ended
    }

    package let name: String

    /// What happens, in its order.
    package let events: AsyncStream<Event>

    private let report: AsyncStream<Event>.Continuation
    private let health: Mutex<BackendHealth>
    private let script: @Sendable (GenerationRequest) -> (steps: [Step], usage: TokenUsage?)

    /// - Parameters:
    ///   - name: The backend's name.
    ///   - health: What it answers to a probe until the test says otherwise.
    ///   - script: Says what to do with a request, and what usage to report at its end.
    package init(
        name: String = "scripted",
        health: BackendHealth = .healthy,
        script: @escaping @Sendable (GenerationRequest) -> (steps: [Step], usage: TokenUsage?)
    ) {
        self.name = name
        self.health = Mutex(health)
        self.script = script
        (events, report) = AsyncStream.makeStream()
    }

    /// A backend that says the same to every request: one delta for each piece, then `stop`.
    package convenience init(name: String = "scripted", saying pieces: [String], promptTokens: Int = 3) {
        self.init(name: name) { request in
            let choices = 0..<request.choiceCount
            let steps = pieces.map { piece in
                Step.deltas(choices.map { ChoiceDelta(index: $0, content: piece) })
            }
            let end = Step.deltas(choices.map { ChoiceDelta(index: $0, finishReason: .stop) })
            let completion = pieces.count * request.choiceCount
            let usage = TokenUsage(promptTokens: promptTokens, completionTokens: completion, source: .backend)
            return (steps + [end], usage)
        }
    }

    package func setHealth(_ health: BackendHealth) {
        self.health.withLock { $0 = health }
    }

    package func probe() async -> BackendHealth {
        health.withLock { $0 }
    }

    package func generate(
        _ request: GenerationRequest,
        deliver: @Sendable ([ChoiceDelta]) async throws -> Void
    ) async throws -> GenerationSummary {
        report.yield(.generationBegan(body: request.body))
        let (steps, usage) = script(request)
        var textDeltas = 0
        do {
            for step in steps {
                try Task.checkCancellation()
                switch step {
                case .deltas(let deltas):
                    textDeltas += deltas.count { $0.textBytes > 0 }
                    try await deliver(deltas)
                case .wait(let gate):
                    try await gate.waitUntilOpen()
                case .fail(let error):
                    throw error
                }
            }
        } catch is CancellationError {
            report.yield(.generationCancelled)
            throw CancellationError()
        }
        report.yield(.generationEnded)
        return GenerationSummary(usage: usage, textDeltaCount: textDeltas)
    }

    package func run() async throws {
        // Nothing to keep alive: waits to be cancelled.
        try? await Gate().waitUntilOpen()
        report.yield(.ended)
    }
}
