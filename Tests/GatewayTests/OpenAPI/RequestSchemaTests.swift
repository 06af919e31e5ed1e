import GatewayStore
import InferenceAPI
import StrictJSON
import Testing

@testable import Gateway

/// The schemas of requests take what the gateway takes: on each bound, and one beyond.
struct RequestSchemaTests {
    @Test func `a chat completion request is what its schema says`() throws {
        let plain: JSONObject = ["model": "m", "messages": [["role": "user", "content": "hello"]]]
        var rich = plain
        rich["stream"] = true
        rich["logprobs"] = true
        // The names that the examples have, because a choice must name one of the tools.
        rich["tools"] = .array([1, 2, 63, 64].map { Self.tool(String(repeating: "a", count: $0)) })
        for base in [plain, rich] {
            try Self.compare(.chatCompletionRequest, base) { body throws(APIError) in
                _ = try InferenceRequest.parse(body, as: .chatCompletions)
            }
        }
    }

    @Test func `a completion request is what its schema says`() throws {
        for base: JSONObject in [["model": "m", "prompt": "hello"], ["model": "m", "prompt": ["a", "b"], "n": 8]] {
            try Self.compare(.completionRequest, base) { body throws(APIError) in
                _ = try InferenceRequest.parse(body, as: .completions)
            }
        }
    }

    @Test func `a responses request is what its schema says`() throws {
        let plain: JSONObject = ["model": "m", "input": "hello"]
        var rich: JSONObject = ["model": "m", "input": [["role": "user", "content": "hello"]]]
        rich["stream"] = true
        rich["include"] = ["message.output_text.logprobs"]
        rich["tools"] = .array(
            [1, 2, 63, 64].map { ["type": "function", "name": .string(String(repeating: "a", count: $0))] }
        )
        for base in [plain, rich] {
            try Self.compare(.responsesRequest, base) { body throws(APIError) in
                _ = try InferenceRequest.parse(body, as: .responses)
            }
        }
    }

    @Test func `a request for embeddings is what its schema says`() throws {
        try Self.compare(.embeddingRequest, ["model": "m", "input": "hello"]) { body throws(APIError) in
            _ = try InferenceRequest.parse(body, as: .embeddings)
        }
    }

    private static func tool(_ name: String) -> JSONValue {
        ["type": "function", "function": ["name": .string(name)]]
    }

    @Test func `a request for an api key is what its schema says`() throws {
        // Which models there are, and what is in the future, no schema can say.
        let beyond: Set<String> = ["models", "expires_at"]
        try Self.compare(.keyRequest, [:], except: beyond) { body throws(APIError) in
            let body = try CheckedObject.parse(body)
            try body.refuseUnknown(KeyRequest.parameters)
            _ = try KeyRequest(body, catalogue: ModelCatalogue(), now: 0)
        }
    }

    /// Puts every example of every member into a body, and asks both.
    private static func compare(
        _ schema: JSONSchema,
        _ base: JSONObject,
        except skipped: Set<String> = [],
        parse: ([UInt8]) throws(APIError) -> Void
    ) throws {
        let members = try #require(schema.value["properties"]?.objectValue)
        var bodies: [JSONValue] = [.object(base), .null, [], "text"]
        for key in base.members.map(\.key) {
            var less = base
            less[key] = nil
            bodies.append(.object(less))
        }
        for (name, member) in members.members where !skipped.contains(name) {
            for value in SchemaExamples.near(member) {
                var body = base
                body[name] = value
                bodies.append(.object(body))
            }
        }
        var unknown = base
        unknown["no_such_member"] = .null
        bodies.append(.object(unknown))
        for body in bodies {
            let isTaken = Result { () throws(APIError) in try parse(body.encoded()) }
            let isDescribed = SchemaChecker.accepts(body, schema.value)
            let fault: APIError? = if case .failure(let error) = isTaken { error } else { nil }
            #expect(
                (fault == nil) == isDescribed,
                "\(String(decoding: body.encoded(), as: UTF8.self).prefix(300)): \(fault?.description ?? "taken")"
            )
        }
    }
}
