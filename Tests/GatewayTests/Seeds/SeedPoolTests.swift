import Backends
import Testing

@testable import Gateway

@Suite struct SeedPoolTests {
    static func provider(
        _ name: String,
        jobs: Int = 1,
        features: Set<LiveWorker.Feature> = [.tools],
        models: [String: String] = ["m": "upstream-m"]
    ) throws -> SeedProvider {
        SeedProvider(
            name: name,
            endpoint: try OpenAIEndpoint(url: "http://127.0.0.1:1/v1"),
            apiKeyFile: nil,
            maxConcurrentJobs: jobs,
            features: features,
            models: models
        )
    }

    /// `#expect` cannot hold a mutating call.
    private func reserve(
        _ pool: inout SeedPool,
        _ model: String = "m",
        needs: Set<LiveWorker.Feature> = [],
        excluding tried: Set<String> = [],
        at now: Int64 = 0
    ) -> SeedPool.OnReserve {
        pool.reserve(model, needs: needs, excluding: tried, at: now)
    }

    private func expect(
        _ found: SeedPool.OnReserve,
        _ expected: SeedPool.OnReserve,
        at location: SourceLocation = #_sourceLocation
    ) {
        #expect(found == expected, sourceLocation: location)
    }

    private func slot(_ pool: inout SeedPool, excluding tried: Set<String> = [], at now: Int64 = 0) -> SeedSlot? {
        if case .reserved(let slot) = reserve(&pool, excluding: tried, at: now) { slot } else { nil }
    }

    @Test func `providers are asked in their order, up to their bounds`() throws {
        var pool = SeedPool([try Self.provider("a"), try Self.provider("b")])
        let first = try #require(slot(&pool))
        #expect(first.provider == "a")
        #expect(first.upstreamModel == "upstream-m")
        let second = try #require(slot(&pool))
        #expect(second.provider == "b")
        #expect(first.id != second.id)
        expect(reserve(&pool), .busy)
        _ = pool.release(first, .settled, at: 0, jitter: 1)
        let third = slot(&pool)
        #expect(third?.provider == "a")
    }

    @Test func `a provider is asked for what it can do alone`() throws {
        var pool = SeedPool([try Self.provider("a")])
        expect(reserve(&pool, "other"), .none)
        expect(reserve(&pool, needs: [.logprobs]), .none)
        expect(reserve(&pool, excluding: ["a"]), .none)
        guard case .reserved = reserve(&pool, needs: [.tools]) else { return #expect(Bool(false), "not reserved") }
    }

    @Test func `a provider whose jobs fail in a row is set aside, then tried with one job`() throws {
        var pool = SeedPool([try Self.provider("a", jobs: 4)])
        for failure in 1...3 {
            let held = try #require(slot(&pool))
            let until = pool.release(held, .failed(.backendUnavailable), at: 0, jitter: 1)
            #expect(until == (failure == 3 ? 30_000 : nil))
        }
        expect(reserve(&pool, at: 29_999), .setAside(until: 30_000))
        #expect(pool.providers(of: "m", at: 29_999).isEmpty)
        #expect(pool.providers(of: "m", at: 30_000) == ["a"])
        let trial = try #require(slot(&pool, at: 30_000))
        expect(reserve(&pool, at: 30_000), .busy)
        _ = pool.release(trial, .settled, at: 30_000, jitter: 1)
        let next = slot(&pool, at: 30_000)
        #expect(next != nil)
    }

    @Test func `a caller who leaves says nothing about the provider`() throws {
        var pool = SeedPool([try Self.provider("a")])
        for _ in 1...10 {
            let held = try #require(slot(&pool))
            let until = pool.release(held, .withdrawn, at: 0, jitter: 1)
            #expect(until == nil)
        }
        let next = slot(&pool)
        #expect(next != nil)
    }
}
