import InferenceAPI
import NIOCore

/// The body of a reply: bytes through the parser into checked deltas.
struct GenerationReply {
    var progress: GenerationProgress
    private var parser: BackendStreamParser
    private var events: [BackendStreamEvent] = []
    private var fault: BackendError?
    /// Set for a completion, whose logprobs have a form of their own.
    private var logprobs: CompletionLogprobs?

    init(to request: GenerationRequest, makeToolCallID: @escaping @Sendable () -> String) {
        progress = GenerationProgress(choiceCount: request.choiceCount, promptCount: request.promptCount)
        if request.route == .completions { logprobs = CompletionLogprobs() }
        parser = BackendStreamParser(makeToolCallID: makeToolCallID)
    }

    /// The deltas of one read; `nil` at the end of the reply.
    mutating func nextDeltas(from inbox: ResponseInbox) async throws -> [ChoiceDelta]? {
        guard !progress.isDone else { return nil }
        // Also where the stream cannot be read on: throws what ended it, once the deltas before are delivered.
        if let fault { throw fault }
        _ = try progress.take([])
        events.removeAll(keepingCapacity: true)
        do {
            switch try await inbox.nextOrError() {
            case .body(let parts):
                for part in parts {
                    try part.withUnsafeReadableBytes { try parser.feed($0, into: &events) }
                }
            case .end:
                try parser.end(into: &events)
                let deltas = try takeEvents()
                return deltas.isEmpty ? nil : deltas
            case .requestSent, .head:
                preconditionFailure("the HTTP client reported a second head")
            }
        } catch is BackendError where progress.isComplete {
            // The output is whole; only the end of the transport is missing, or late.
            return nil
        } catch let error as BackendStreamError {
            fault = BackendError(
                .protocolViolation,
                "the backend's reply is not a stream of completion chunks",
                cause: error
            )
        }
        return try takeEvents()
    }

    private mutating func takeEvents() throws(BackendError) -> [ChoiceDelta] {
        var deltas = try progress.take(events)
        if logprobs != nil {
            for place in deltas.indices { logprobs?.translate(&deltas[place]) }
        }
        return deltas
    }
}

extension ResponseInbox {
    /// ``next()`` with the errors of the transport as ours.
    func nextOrError() async throws -> Arrival {
        do {
            return try await next()
        } catch let error as BackendError {
            throw error
        } catch {
            // The request was cancelled by our own task; what the client makes of it does not matter.
            try Task.checkCancellation()
            throw BackendError(transport: error)
        }
    }
}
