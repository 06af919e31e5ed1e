import InferenceAPI
import Signing
import StrictJSON
import Testing

@testable import Receipts

@Suite struct OutputDigestTests {
    private func text(_ choices: [FinalChoice]) -> String {
        String(decoding: OutputDigest.canonicalText(of: choices), as: UTF8.self)
    }

    @Test func `a plain answer is its content, reason and index`() {
        let choices = [FinalChoice(index: 0, content: "Hello", logprobs: Array("{}".utf8), finishReason: .stop)]
        #expect(text(choices) == #"[{"content":"Hello","finish_reason":"stop","index":0}]"#)
    }

    @Test func `an empty content is null and everything else empty is left out`() {
        let choices = [FinalChoice(index: 0, finishReason: .cancelled)]
        #expect(text(choices) == #"[{"content":null,"finish_reason":"cancelled","index":0}]"#)
    }

    @Test func `choices are ordered by index and tool calls as they came`() {
        let choices = [
            FinalChoice(
                index: 1,
                reasoningContent: "thinking",
                refusal: "no",
                toolCalls: [
                    FinalToolCall(id: "call_b", name: "second", arguments: #"{"a": "\u00e9"}"#),
                    FinalToolCall(id: "call_a", name: "first", arguments: ""),
                ],
                finishReason: .toolCalls
            ),
            FinalChoice(index: 0, content: "\"é😀\u{1}\n", finishReason: .length),
        ]
        #expect(
            text(choices)
                == #"[{"content":"\"é😀\u0001\n","finish_reason":"length","index":0},"#
                + #"{"content":null,"finish_reason":"tool_calls","index":1,"reasoning_content":"thinking","refusal":"no","#
                + #""tool_calls":[{"arguments":"{\"a\": \"\\u00e9\"}","id":"call_b","name":"second"},"#
                + #"{"arguments":"","id":"call_a","name":"first"}]}]"#
        )
    }

    /// Made with Python's `json` and `hashlib`.
    @Test func `the digest is the one that other software computes`() {
        let choices = [
            FinalChoice(index: 0, content: "Grüße, 世界 😀\n", finishReason: .stop),
            FinalChoice(
                index: 1,
                toolCalls: [FinalToolCall(id: "call_1", name: "f", arguments: "{}")],
                finishReason: .toolCalls
            ),
        ]
        #expect(
            OutputDigest.of(choices).description
                == "sha256:b2c976f5dbce8eef5f96c3b525758d633a2d7a5b3d44f359fb034bdb5a92d1de"
        )
        #expect(
            OutputDigest.of([]).description == "sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
        )
    }

    @Test func `the text is canonical JSON whatever the output holds`() {
        let texts = [
            "", "a", "\"\\\u{0}\u{1F}\u{7F}", "e\u{301}\u{2028}", "😀\u{FFFF}", String(repeating: "x\n", count: 99),
        ]
        for content in texts {
            for reasoning in texts {
                for call in texts {
                    let choice = FinalChoice(
                        index: 3,
                        content: content,
                        reasoningContent: reasoning,
                        refusal: call,
                        toolCalls: [FinalToolCall(id: call, name: reasoning, arguments: content)],
                        finishReason: .contentFilter
                    )
                    #expect(CanonicalJSON.isCanonical(OutputDigest.canonicalText(of: [choice])))
                }
            }
        }
    }

    @Test func `every part of the output but the logprobs changes the digest`() {
        let call = FinalToolCall(id: "i", name: "n", arguments: "a")
        let base = FinalChoice(
            index: 0,
            content: "c",
            reasoningContent: "r",
            refusal: "f",
            toolCalls: [call],
            finishReason: .stop
        )
        let changes: [(inout FinalChoice) -> Void] = [
            { $0.index = 1 },
            { $0.content = "c " },
            { $0.reasoningContent = "" },
            { $0.refusal = "g" },
            { $0.toolCalls = [] },
            { $0.toolCalls[0].id = "j" },
            { $0.toolCalls[0].name = "m" },
            { $0.toolCalls[0].arguments = "b" },
            { $0.toolCalls.append(call) },
            { $0.finishReason = .length },
        ]
        var digests = [OutputDigest.of([base])]
        for change in changes {
            var changed = base
            change(&changed)
            digests.append(OutputDigest.of([changed]))
        }
        #expect(Set(digests).count == changes.count + 1)
        var withLogprobs = base
        withLogprobs.logprobs = Array("{}".utf8)
        #expect(OutputDigest.of([withLogprobs]) == OutputDigest.of([base]))
    }
}
