import Testing

@testable import Worker

struct SlotSuggestionTests {
    /// Loads at 1, 2, 4, … requests at once, each with its output in all and for each request.
    private func suggest(_ speeds: [(total: Double, each: Double)], failedAt: Int? = nil) -> SlotSuggestion {
        let loads = speeds.enumerated().map { place, speed in
            var load = LoadResult(concurrency: 1 << place, samples: [], failed: 0, seconds: 1)
            load.requests = 2 << place
            load.failed = failedAt == load.concurrency ? 1 : 0
            load.outputTokensPerSecond = speed.total
            load.outputTokensPerSecondPerRequest = speed.each
            return load
        }
        return SlotSuggestion(loads)
    }

    @Test func `as long as every step brings more, the highest is suggested`() {
        let suggestion = suggest([(50, 50), (95, 48), (180, 45), (300, 38)])
        #expect(suggestion.slots == 8)
        #expect(suggestion.reason == "the highest that was measured; more may still help")
    }

    @Test func `where the output in all hardly grows, the step before is enough`() {
        let suggestion = suggest([(50, 50), (95, 48), (100, 25), (300, 38)])
        #expect(suggestion.slots == 2)
        #expect(suggestion.reason == "at 4 the output in all is 100.0 tokens/s, hardly more than 95.0 at 2")
    }

    @Test func `a request that gets too slow ends the search`() {
        let suggestion = suggest([(20, 20), (30, 15), (39, 9.75)])
        #expect(suggestion.slots == 2)
        #expect(suggestion.reason == "at 4 each request gets 9.8 tokens/s, below 10.0")
    }

    @Test func `requests that fail end the search`() {
        let suggestion = suggest([(50, 50), (95, 48), (180, 45)], failedAt: 4)
        #expect(suggestion.slots == 2)
        #expect(suggestion.reason == "at 4, 1 of 9 requests failed")
    }

    @Test func `a slow machine still gets one job`() {
        let suggestion = suggest([(4, 4)])
        #expect(suggestion.slots == 1)
        #expect(suggestion.reason.contains("callers will find it slow"))
    }

    @Test func `without a measurement there is no suggestion`() {
        #expect(suggest([]).slots == nil)
        #expect(suggest([(50, 50)], failedAt: 1).slots == nil)
    }
}
