import StrictJSON
import Testing

@testable import InferenceAPI

@Suite struct CompletionRenderingTests {
    private static let id = "cmpl-01k9w3m7x5abcdefgh"
    private static let answer = FinishedAnswer(
        choices: [
            FinalChoice(
                index: 0,
                content: " there",
                logprobs: Array(#"{"tokens":[" there"]}"#.utf8),
                finishReason: .stop
            ),
            FinalChoice(index: 1, finishReason: .length),
        ],
        usage: TokenUsage(promptTokens: 4, completionTokens: 3, source: .backend),
        decentral: DecentralObject(jobID: "job_1", worker: "w", creditsCharged: 2, proofHash: "sha256:00")
    )

    @Test func `a plain answer has OpenAI's shape`() throws {
        let body = CompletionRenderer.render(id: Self.id, model: "m", created: 1, answer: Self.answer)
        #expect(
            try JSONValue(parsing: body) == [
                "id": .string(Self.id), "object": "text_completion", "created": 1, "model": "m",
                "choices": [
                    ["text": " there", "index": 0, "logprobs": ["tokens": [" there"]], "finish_reason": "stop"],
                    ["text": "", "index": 1, "logprobs": .null, "finish_reason": "length"],
                ],
                "usage": ["prompt_tokens": 4, "completion_tokens": 3, "total_tokens": 7],
                "decentral": [
                    "job_id": "job_1", "worker": "w", "credits_charged": 2, "proof_hash": "sha256:00",
                ],
            ]
        )
    }

    @Test(arguments: [false, true])
    func `a stream has a chunk for each delta and one without choices at its end`(includesUsage: Bool) throws {
        let renderer = CompletionStreamRenderer(id: Self.id, model: "m", created: 1, includesUsage: includesUsage)
        var out: [UInt8] = []
        renderer.append(ChoiceDelta(index: 1, content: "a\n"), to: &out)
        renderer.append(
            ChoiceDelta(index: 1, logprobs: Array("{\"tokens\":\n[]}".utf8), finishReason: .cancelled),
            to: &out
        )
        renderer.appendEnd(of: Self.answer, to: &out)
        let events = String(decoding: out, as: UTF8.self).split(separator: "\n\n").map { $0.dropFirst("data: ".count) }
        let chunks = try events.map { try JSONValue(parsing: Array($0.utf8)) }
        #expect(chunks.count == 3)
        #expect(chunks.allSatisfy { $0["object"] == "text_completion" && $0["id"] == .string(Self.id) })
        #expect(
            chunks[0]["choices"] == [["text": "a\n", "index": 1, "logprobs": .null, "finish_reason": .null]]
        )
        #expect(
            chunks[1]["choices"] == [["text": "", "index": 1, "logprobs": ["tokens": []], "finish_reason": "stop"]]
        )
        #expect(chunks[2]["choices"] == [])
        #expect(chunks[2]["decentral"]?["job_id"] == "job_1")
        #expect(chunks[0]["usage"] == (includesUsage ? .null : nil))
        #expect(chunks[2]["usage"]?["total_tokens"] == (includesUsage ? 7 : nil))
    }
}
