import InferenceAPI
import TestSupport
import Testing

@testable import Backends

/// The double keeps the promises that the real backends keep.
@Suite struct ScriptedBackendTests {
    private let request = GenerationRequest(body: [], choiceCount: 2)

    @Test func `it delivers what it was told to`() async throws {
        let backend = ScriptedBackend(saying: ["a", "b"])
        let conformance = BackendConformance(backend, request: request)
        try await conformance.isHealthy()
        let (collected, summary) = try await conformance.deliversWholeReply()
        #expect(collected.content(ofChoice: 1) == "ab")
        #expect(summary.usage == TokenUsage(promptTokens: 3, completionTokens: 4, source: .backend))
        try await conformance.throwsOnWhatDeliverThrows()
        try await conformance.runEndsWhenCancelled()
    }

    @Test func `it notices a cancellation in the middle`() async throws {
        let backend = ScriptedBackend { _ in
            ([.deltas([ChoiceDelta(index: 0, content: "a")]), .wait(Gate())], nil)
        }
        try await BackendConformance(backend, request: request).endsWhenCancelled()
        var wasCancelled = false
        for await event in backend.events {
            if case .generationCancelled = event {
                wasCancelled = true
                break
            }
        }
        #expect(wasCancelled)
    }
}
