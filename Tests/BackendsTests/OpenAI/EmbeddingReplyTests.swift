import InferenceAPI
import NIOHTTP1
import TestSupport
import Testing

@testable import Backends

@Suite struct EmbeddingReplyTests {
    private static let one: [UInt8] = [0, 0, 0x80, 0x3F]
    private static let half: [UInt8] = [0, 0, 0, 0x3F]

    private func reply(_ text: String, count: Int = 2, dimensions: Int? = nil) throws -> EmbeddingReply {
        try EmbeddingReply(Array(text.utf8), count: count, dimensions: dimensions)
    }

    @Test func `base64 and numbers are read alike, in any order`() throws {
        let reply = try reply(
            #"""
            {"object":"list","data":[{"embedding":[5e-1],"index":1,"object":"embedding"},
            {"index":0,"embedding":"AACAPw=="}],"model":"m","usage":{"prompt_tokens":7,"total_tokens":7}}
            """#
        )
        #expect(
            reply.deltas == [
                ChoiceDelta(index: 0, embedding: Self.one, finishReason: .stop),
                ChoiceDelta(index: 1, embedding: Self.half, finishReason: .stop),
            ]
        )
        #expect(reply.usage == TokenUsage(promptTokens: 7, completionTokens: 0, source: .backend))
    }

    @Test func `places stand for indexes, and a count may be missing`() throws {
        let reply = try reply(#"{"data":[{"embedding":[1]},{"embedding":[0.5]}]}"#)
        #expect(reply.deltas.map(\.embedding) == [Self.one, Self.half])
        #expect(reply.usage == nil)
    }

    @Test(arguments: [
        "", "{", "[]", #"{"data":{}}"#, #"{"data":[]}"#,
        #"{"data":[{"embedding":[1]}]}"#,
        #"{"data":[{"embedding":[1],"index":0},{"embedding":[1],"index":0}]}"#,
        #"{"data":[{"embedding":[1],"index":0},{"embedding":[1],"index":2}]}"#,
        #"{"data":[{"embedding":[1]},{"embedding":[]}]}"#,
        #"{"data":[{"embedding":[1]},{"embedding":[[1]]}]}"#,
        #"{"data":[{"embedding":[1]},{"embedding":["1"]}]}"#,
        #"{"data":[{"embedding":[1]},{"embedding":[null]}]}"#,
        #"{"data":[{"embedding":[1]},{"embedding":[1e99]}]}"#,
        #"{"data":[{"embedding":[1]},{"embedding":"AACAPw"}]}"#,
        #"{"data":[{"embedding":[1]},{"embedding":"AADAfw=="}]}"#,
    ])
    func `what is no finite vector for each input breaks the protocol`(text: String) async {
        await expectError(.protocolViolation) { _ = try reply(text) }
    }

    @Test func `dimensions that the server passed over are the caller's to hear of`() async throws {
        let text = #"{"data":[{"embedding":[1,2,3]}]}"#
        #expect(try reply(text, count: 1, dimensions: 3).deltas.count == 1)
        await expectError(.invalidRequest) { _ = try reply(text, count: 1, dimensions: 2) }
    }

    @Test func `large replies travel in groups, small ones in one`() throws {
        let small = try reply(#"{"data":[{"embedding":[1]},{"embedding":[0.5]}]}"#)
        #expect(small.batches.map(\.count) == [2])
        let vector = "[" + Array(repeating: "1", count: 40_000).joined(separator: ",") + "]"
        let large = try reply("{\"data\":[{\"embedding\":\(vector)},{\"embedding\":\(vector)}]}")
        #expect(large.batches.map(\.count) == [1, 1])
    }

    @Test func `a backend's vectors come as one delta for each input`() async throws {
        let server = ScriptedBackendServer { _ in
            .json(.ok, #"{"data":[{"embedding":"AACAPw=="},{"embedding":"AAAAPw=="}],"usage":{"prompt_tokens":3}}"#)
        }
        let request = GenerationRequest(body: Array("{}".utf8), route: .embeddings, choiceCount: 2)
        try await withBackend(server) { backend in
            let collected = BackendConformance.Collected()
            let summary = try await backend.generate(request) { collected.append($0) }
            #expect(collected.deltas.map(\.embedding) == [Self.one, Self.half])
            #expect(summary.usage?.promptTokens == 3)
            let seen = try #require(await server.nextRequest())
            #expect(seen.uri == "/v1/embeddings")
        }
    }
}
