import InferenceAPI
import Testing

@testable import Receipts

struct UsageClaimTests {
    private func usage(
        _ reported: TokenUsage? = nil,
        deltas: Int,
        bytes: Int,
        choices: Int = 1,
        limit: Int = 500
    ) -> TokenUsage {
        UsageClaim.usage(
            reported: reported,
            estimatedPrompt: 9,
            output: .init(textDeltas: deltas, bytes: bytes, choices: choices, tokenLimit: limit)
        )
    }

    @Test func `the backend's count is taken as it is`() {
        let reported = TokenUsage(promptTokens: 12, completionTokens: 30, source: .backend)
        #expect(usage(reported, deltas: 29, bytes: 120) == reported)
    }

    @Test func `without a count a delta is a token`() {
        #expect(usage(deltas: 30, bytes: 120) == .init(promptTokens: 9, completionTokens: 30, source: .estimated))
    }

    @Test func `output that came in one piece counts by its bytes`() {
        #expect(usage(deltas: 1, bytes: 801).completionTokens == 101)
    }

    @Test func `nothing over the offer's limit is claimed`() {
        let reported = TokenUsage(promptTokens: 1, completionTokens: 1_001, source: .backend)
        #expect(usage(reported, deltas: 1, bytes: 9_000, choices: 2).completionTokens == 1_000)
    }

    @Test func `nothing over what the output's bytes can hold is claimed`() {
        let reported = TokenUsage(promptTokens: 1, completionTokens: 400, source: .backend)
        #expect(usage(reported, deltas: 1, bytes: 10).completionTokens == 26)
    }

    @Test func `of vectors the prompt is claimed, as far as the offer goes`() {
        let counted = TokenUsage(promptTokens: 40, completionTokens: 3, source: .backend)
        let claims = [
            UsageClaim.promptUsage(reported: counted, estimatedPrompt: 9, tokenLimit: 100),
            UsageClaim.promptUsage(reported: counted, estimatedPrompt: 9, tokenLimit: 30),
            UsageClaim.promptUsage(reported: nil, estimatedPrompt: 9, tokenLimit: 100),
        ]
        #expect(
            claims == [
                TokenUsage(promptTokens: 40, completionTokens: 0, source: .backend),
                TokenUsage(promptTokens: 30, completionTokens: 0, source: .backend),
                TokenUsage(promptTokens: 9, completionTokens: 0, source: .estimated),
            ]
        )
    }

    @Test(arguments: [Int.max, 1 << 53, 1 << 31])
    func `a prompt has no more tokens than a receipt can say`(promptTokens: Int) {
        let reported = TokenUsage(promptTokens: promptTokens, completionTokens: 1, source: .backend)
        #expect(usage(reported, deltas: 1, bytes: 10).promptTokens == Amounts.largestTokens)
    }
}
