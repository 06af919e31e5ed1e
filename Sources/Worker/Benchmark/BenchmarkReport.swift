/// What `benchmark` measured; member names are `snake_case` on the wire.
package struct BenchmarkReport: Codable, Sendable, Equatable {
    package var models: [ModelBenchmark]

    private enum CodingKeys: String, CodingKey {
        case models
    }
}

/// One model, at every concurrency.
package struct ModelBenchmark: Codable, Sendable, Equatable {
    package var id: String
    package var backend: String
    /// Slots as they are configured.
    package var maxConcurrentJobs: Int
    package var loads: [LoadResult]
    /// Null if nothing could be measured.
    @OrNull package var suggestedMaxConcurrentJobs: Int?
    /// Why that number, or why there is none.
    package var reason: String

    private enum CodingKeys: String, CodingKey {
        case id, backend, loads, reason
        case maxConcurrentJobs = "max_concurrent_jobs"
        case suggestedMaxConcurrentJobs = "suggested_max_concurrent_jobs"
    }
}
