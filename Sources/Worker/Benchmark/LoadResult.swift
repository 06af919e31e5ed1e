/// What one request came to.
struct RequestSample: Sendable, Equatable {
    /// From asking to the first token, in seconds; nil if there was none.
    var firstToken: Double?
    /// From asking to the end, in seconds.
    var total: Double
    var promptTokens: Int
    var outputTokens: Int
}

/// A model under so many requests at once; member names are `snake_case` on the wire.
package struct LoadResult: Codable, Sendable, Equatable {
    package var concurrency: Int
    /// Requests that ended well.
    package var requests: Int
    package var failed: Int
    /// The median of each request's prompt ÷ its time to first token.
    package var promptTokensPerSecond: Double
    /// All output ÷ the time that all requests took together.
    package var outputTokensPerSecond: Double
    /// The median of each request's output after its first token ÷ the time that took.
    package var outputTokensPerSecondPerRequest: Double
    package var firstTokenP50Seconds: Double
    package var firstTokenP95Seconds: Double

    private enum CodingKeys: String, CodingKey {
        case concurrency, requests, failed
        case promptTokensPerSecond = "prompt_tokens_per_second"
        case outputTokensPerSecond = "output_tokens_per_second"
        case outputTokensPerSecondPerRequest = "output_tokens_per_second_per_request"
        case firstTokenP50Seconds = "first_token_p50_seconds"
        case firstTokenP95Seconds = "first_token_p95_seconds"
    }

    /// Sums samples up.
    ///
    /// - Parameters:
    ///   - concurrency: Requests at once.
    ///   - samples: Those that ended well.
    ///   - failed: How many did not.
    ///   - seconds: From the first request's begin to the last one's end.
    init(concurrency: Int, samples: [RequestSample], failed: Int, seconds: Double) {
        self.concurrency = concurrency
        requests = samples.count
        self.failed = failed
        let firsts = samples.compactMap(\.firstToken)
        firstTokenP50Seconds = Self.percentile(50, of: firsts)
        firstTokenP95Seconds = Self.percentile(95, of: firsts)
        promptTokensPerSecond = Self.percentile(
            50,
            of: samples.compactMap { sample in sample.firstToken.map { Double(sample.promptTokens) / max($0, 1e-6) } }
        )
        outputTokensPerSecond = Double(samples.reduce(0) { $0 + $1.outputTokens }) / max(seconds, 1e-6)
        outputTokensPerSecondPerRequest = Self.percentile(50, of: samples.compactMap(Self.speed))
    }

    /// Tokens a second after the first; nil for a request with one token, which took no time of its own.
    private static func speed(of sample: RequestSample) -> Double? {
        guard let first = sample.firstToken, sample.outputTokens > 1 else { return nil }
        return Double(sample.outputTokens - 1) / max(sample.total - first, 1e-6)
    }

    /// The nearest rank; 0 for nothing.
    static func percentile(_ percent: Int, of values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        let rank = (sorted.count * percent + 99) / 100
        return sorted[max(0, rank - 1)]
    }
}
