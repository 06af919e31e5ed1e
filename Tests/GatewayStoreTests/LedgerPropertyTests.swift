import Testing

/// Random histories, the same for the same seed: whatever happens in whatever order, the books hold.
struct LedgerPropertyTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `random histories keep every credit, every key and every acknowledgement, and leave a clean ledger`(
        seed: UInt64
    ) async throws {
        try await withFixture { fixture in
            var history = try await RandomHistory(fixture: fixture, seed: seed)
            let entryCount = try await history.run(steps: 500)
            #expect(entryCount > 200)
        }
    }
}
