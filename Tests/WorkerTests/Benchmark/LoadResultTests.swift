import Testing

@testable import Worker

struct LoadResultTests {
    private func sample(first: Double?, total: Double, output: Int) -> RequestSample {
        RequestSample(firstToken: first, total: total, promptTokens: 100, outputTokens: output)
    }

    @Test func `figures are of all requests together and of the middle one`() {
        let load = LoadResult(
            concurrency: 2,
            samples: [
                sample(first: 0.5, total: 1.5, output: 11), sample(first: 1, total: 3, output: 11),
                sample(first: 2, total: 2.5, output: 11),
            ],
            failed: 1,
            seconds: 3
        )
        #expect(load.requests == 3)
        #expect(load.failed == 1)
        #expect(load.promptTokensPerSecond == 100)
        #expect(load.outputTokensPerSecond == 11)
        #expect(load.outputTokensPerSecondPerRequest == 10)
        #expect(load.firstTokenP50Seconds == 1)
        #expect(load.firstTokenP95Seconds == 2)
    }

    @Test func `requests without output have no speed`() {
        let samples = [sample(first: nil, total: 1, output: 0), sample(first: 1, total: 1, output: 1)]
        let load = LoadResult(concurrency: 1, samples: samples, failed: 0, seconds: 2)
        #expect(load.outputTokensPerSecondPerRequest == 0)
        #expect(load.outputTokensPerSecond == 0.5)
        #expect(load.firstTokenP50Seconds == 1)
    }

    @Test(arguments: [(50, 2.0), (95, 4.0), (25, 1.0), (100, 4.0), (1, 1.0)])
    func `a percentile is the value of the nearest rank`(percent: Int, value: Double) {
        #expect(LoadResult.percentile(percent, of: [4, 1, 3, 2]) == value)
        #expect(LoadResult.percentile(percent, of: []) == 0)
    }
}
