import InferenceAPI
import Testing

@testable import Gateway

@Suite struct ContextTests {
    private let model = CatalogueModel(id: "m", ownedBy: "o", tier: .lite, parameters: "1M", contextWindow: 1_000)

    private func request(words: Int = 1, limit: String = "") throws -> InferenceRequest {
        let text = String(repeating: "word ", count: words)
        let body = #"{"model":"m","messages":[{"role":"user","content":"\#(text)"}]\#(limit)}"#
        return try InferenceRequest.parse(Array(body.utf8), as: .chatCompletions)
    }

    @Test func `what may fit is let through`() throws {
        try model.checkContext(of: request(words: 3_999))
        try model.checkContext(of: request(limit: #","max_tokens":1000"#))
    }

    @Test func `a prompt that no tokenizer could make fit is refused, and its window named`() throws {
        let request = try request(words: 4_000)
        let error = #expect(throws: APIError.self) { try model.checkContext(of: request) }
        #expect(error?.code == .contextLengthExceeded)
        #expect(error?.param == "messages")
        #expect(error?.message.contains("1000 tokens") == true)
    }

    @Test func `a response's input is held against the window too, its dropped summaries are not`() throws {
        func response(_ input: String) throws -> InferenceRequest {
            try InferenceRequest.parse(Array(#"{"model":"m","input":\#(input)}"#.utf8), as: .responses)
        }
        let text = String(repeating: "x", count: 4 << 20)
        let request = try response(#""\#(text)""#)
        let error = #expect(throws: APIError.self) { try model.checkContext(of: request) }
        #expect(error?.code == .contextLengthExceeded)
        #expect(error?.status == 400)
        #expect(error?.param == "input")
        let summary = #"[{"type":"summary_text","text":"\#(text)"}]"#
        let content = #"[{"type":"reasoning_text","text":"hm"}]"#
        try model.checkContext(of: response(#"[{"type":"reasoning","summary":\#(summary),"content":\#(content)}]"#))
    }

    @Test func `more output than the window holds is refused under the caller's name for it`() throws {
        for name in ["max_tokens", "max_completion_tokens"] {
            let request = try request(limit: #","\#(name)":1001"#)
            let error = #expect(throws: APIError.self) { try model.checkContext(of: request) }
            #expect(error?.code == .contextLengthExceeded)
            #expect(error?.param == name)
        }
    }
}
