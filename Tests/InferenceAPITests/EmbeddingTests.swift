import StrictJSON
import Testing

@testable import InferenceAPI

@Suite struct EmbeddingTests {
    private func parse(_ members: JSONObject) throws -> InferenceRequest {
        var body: JSONObject = ["model": "m", "input": "hello"]
        for (key, value) in members.members { body[key] = value }
        return try InferenceRequest.parse(JSONValue.object(body).encoded(), as: .embeddings)
    }

    @Test(
        arguments: [
            ("hello", 1, 13), (["hello", "you"], 2, 24), ([1, 2, 3], 1, 11), ([[1, 2], [3]], 2, 19),
        ] as [(JSONValue, Int, Int)]
    )
    func `each input is one vector, and the request one to pay for`(input: JSONValue, count: Int, bound: Int) throws {
        let request = try parse(["input": input])
        #expect(request.outputCount == count)
        #expect(request.promptCount == count)
        #expect(request.choiceCount == 1)
        #expect(request.promptTokenBound == bound)
        #expect(!request.stream)
        #expect(request.dimensions == nil)
    }

    @Test(
        arguments: [
            (["input": .null], "missing_parameter", "input"),
            (["input": ""], "invalid_parameter", "input"),
            (["input": ["a", ""]], "invalid_parameter", "input.[1]"),
            (["input": []], "invalid_parameter", "input"),
            (["input": .array(Array(repeating: "a", count: 2049))], "invalid_parameter", "input"),
            (["encoding_format": "hex"], "invalid_parameter", "encoding_format"),
            (["dimensions": 0], "invalid_parameter", "dimensions"),
            (["stream": true], "unknown_parameter", "stream"),
            (["truncate": true], "unknown_parameter", "truncate"),
        ] as [(JSONObject, String, String)]
    )
    func `what is wrong is refused by its name`(members: JSONObject, code: String, param: String) throws {
        let error = try #require(throws: APIError.self) { _ = try parse(members) }
        #expect(error.code.rawValue == code)
        #expect(error.param == param)
    }

    @Test func `the backend is asked for base64, and for nothing of the caller's own`() throws {
        let request = try parse(["input": ["a"], "dimensions": 3, "encoding_format": "float", "user": "u"])
        let upstream = try JSONValue(parsing: request.upstreamBody(model: "up", maxOutputTokens: 9))
        #expect(upstream == ["model": "up", "encoding_format": "base64", "input": ["a"], "dimensions": 3])
        #expect(request.dimensions == 3)
    }

    // MARK: Vectors

    /// 1, -2.5, 0.1 as little-endian float32.
    private static let bytes: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0, 0xCD, 0xCC, 0xCC, 0x3D]
    private static let base64 = "AACAPwAAIMDNzMw9"

    @Test func `a vector is its values' bytes, as base64 and as numbers`() throws {
        #expect(EmbeddingVector.bytes(ofBase64: Self.base64) == Self.bytes)
        var made: [UInt8] = []
        for value: Float in [1, -2.5, 0.1] { EmbeddingVector.append(value, to: &made) }
        #expect(made == Self.bytes)
    }

    private static let noVectors: [[UInt8]] = [
        [], [0, 0, 0], [0, 0, 0x80, 0x7F], [0, 0, 0x80, 0xFF], [1, 0, 0xC0, 0x7F],
        Array(repeating: 0, count: 4 * 65_537),
    ]

    @Test(arguments: noVectors)
    func `nothing, half a value, and what is not finite are no vectors`(bytes: [UInt8]) {
        #expect(!EmbeddingVector.isValid(bytes))
    }

    @Test func `the largest value and the longest vector are fine`() {
        #expect(EmbeddingVector.isValid([0xFF, 0xFF, 0x7F, 0x7F]))
        #expect(EmbeddingVector.isValid(Array(repeating: 0, count: 4 * 65_536)))
    }

    @Test(arguments: ["float", "base64"])
    func `an answer has OpenAI's shape`(format: String) throws {
        let answer = FinishedAnswer(
            choices: [FinalChoice(index: 0, embedding: Self.bytes, finishReason: .stop)],
            usage: TokenUsage(promptTokens: 4, completionTokens: 0, source: .backend),
            decentral: DecentralObject(jobID: "job_1", worker: "w", creditsCharged: 2, proofHash: "sha256:00")
        )
        let request = try parse(["encoding_format": .string(format)])
        let body = answer.body(for: request, jobID: JobID(milliseconds: 1, random: 1), created: 1)
        let embedding: JSONValue =
            format == "base64" ? .string(Self.base64) : [.number("1.0"), .number("-2.5"), .number("0.1")]
        #expect(
            try JSONValue(parsing: body) == [
                "object": "list",
                "data": [["object": "embedding", "index": 0, "embedding": embedding]],
                "model": "m",
                "usage": ["prompt_tokens": 4, "total_tokens": 4],
                "decentral": ["job_id": "job_1", "worker": "w", "credits_charged": 2, "proof_hash": "sha256:00"],
            ]
        )
    }

    // MARK: Output

    @Test func `an output of vectors is whole when each input has its own`() throws {
        var output = OutputAccumulator(form: .vectors, choiceCount: 2, byteLimit: 100)
        try output.append(ChoiceDelta(index: 1, embedding: Self.bytes, finishReason: .stop))
        #expect(!output.isComplete)
        #expect(output.byteCount == 12)
        #expect(output.finishOpenChoices(as: .cancelled) == [ChoiceDelta(index: 0, finishReason: .cancelled)])
        #expect(output.choices.map(\.embedding) == [[], Self.bytes])
    }

    private static let malformed: [ChoiceDelta] = [
        ChoiceDelta(index: 0, content: "a", finishReason: .stop),
        ChoiceDelta(index: 0, finishReason: .stop),
        ChoiceDelta(index: 0, embedding: bytes),
        ChoiceDelta(index: 0, embedding: bytes, finishReason: .length),
        ChoiceDelta(index: 0, embedding: bytes, finishReason: .cancelled),
        ChoiceDelta(index: 0, embedding: [1, 2, 3], finishReason: .stop),
        ChoiceDelta(index: 0, content: "a", embedding: bytes, finishReason: .stop),
        ChoiceDelta(index: 0, logprobs: Array("{}".utf8), embedding: bytes, finishReason: .stop),
    ]

    @Test(arguments: malformed)
    func `a delta of vectors has one vector and nothing else`(delta: ChoiceDelta) {
        var output = OutputAccumulator(form: .vectors, choiceCount: 1, byteLimit: 100)
        let error = #expect(throws: OutputError.self) { try output.append(delta) }
        #expect(error?.code == .wrongForm)
    }

    @Test(arguments: [OutputForm.chat, .text])
    func `no other output has vectors`(form: OutputForm) {
        var output = OutputAccumulator(form: form, choiceCount: 1, byteLimit: 100)
        let error = #expect(throws: OutputError.self) {
            try output.append(ChoiceDelta(index: 0, embedding: Self.bytes, finishReason: .stop))
        }
        #expect(error?.code == .wrongForm)
    }
}
