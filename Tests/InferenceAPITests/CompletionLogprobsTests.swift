import StrictJSON
import Testing

@testable import InferenceAPI

@Suite struct CompletionLogprobsTests {
    private func delta(_ logprobs: String, choice: Int = 0) -> ChoiceDelta {
        ChoiceDelta(index: choice, logprobs: Array(logprobs.utf8))
    }

    private func translated(_ delta: ChoiceDelta, by logprobs: inout CompletionLogprobs) throws -> JSONValue {
        var delta = delta
        logprobs.translate(&delta)
        return try JSONValue(parsing: delta.logprobs)
    }

    @Test func `a chat's logprobs become a completion's, offsets counted for each choice`() throws {
        let text = #"""
            {"content":[{"id":4,"token":"hé","logprob":-0.50,"top_logprobs":[
            {"token":"hé","logprob":-0.50},{"token":"\ufffd","logprob":-2},{"token":"\ufffd","logprob":-3}]}]}
            """#
        var logprobs = CompletionLogprobs()
        let expected: JSONObject = [
            "tokens": ["hé"], "token_logprobs": [.number("-0.50")],
            "top_logprobs": [["hé": .number("-0.50"), "\u{FFFD}": -2]], "text_offset": [0],
        ]
        #expect(try translated(delta(text), by: &logprobs) == .object(expected))
        #expect(try translated(delta(text), by: &logprobs)["text_offset"] == [2])
        #expect(try translated(delta(text, choice: 1), by: &logprobs)["text_offset"] == [0])
    }

    @Test(arguments: [
        #"{"tokens":["a"],"token_logprobs":[-1.0],"top_logprobs":null,"text_offset":[0]}"#, "no JSON", "",
    ])
    func `anything else stays as it is`(text: String) {
        var logprobs = CompletionLogprobs()
        var changed = delta(text)
        logprobs.translate(&changed)
        #expect(changed == delta(text))
    }
}
