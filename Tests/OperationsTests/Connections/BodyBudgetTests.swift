import Testing

@testable import Operations

struct BodyBudgetTests {
    private func bounds(bytes: Int, perAddress: Int = 4096) -> HTTPBounds {
        var bounds = HTTPBounds()
        bounds.bodyBytes = bytes
        bounds.connectionsPerAddress = perAddress
        return bounds
    }

    @Test func `no more is given out than there is`() {
        let budget = BodyBudget(bounds: bounds(bytes: 10))
        #expect(budget.take(6, from: "a", soFar: 0))
        #expect(!budget.take(5, from: "b", soFar: 0))
        #expect(budget.take(4, from: "b", soFar: 0))
        budget.giveBack(6, from: "a")
        #expect(budget.bytesInUse == 4)
        #expect(budget.take(6, from: "b", soFar: 4))
    }

    @Test func `one address gets its share of the whole, and leaves the rest to others`() {
        let budget = BodyBudget(bounds: bounds(bytes: 256 << 20, perAddress: 1024))
        for _ in 0..<16 { #expect(budget.take(4 << 20, from: "a", soFar: 0)) }
        #expect(!budget.take(1, from: "a", soFar: 0))
        #expect(budget.take(4 << 20, from: "b", soFar: 0))
        budget.giveBack(1, from: "a")
        #expect(budget.take(1, from: "a", soFar: 0))
        #expect(!budget.take(1, from: "a", soFar: 0))
    }

    @Test func `large bodies leave an eighth to those of up to 64 KiB`() {
        let budget = BodyBudget(bounds: bounds(bytes: 256 << 20))
        for address in 0..<56 { #expect(budget.take(4 << 20, from: "\(address)", soFar: 0)) }
        #expect(!budget.take((64 << 10) + 1, from: "a", soFar: 0))
        #expect(budget.take(64 << 10, from: "a", soFar: 0))
        #expect(!budget.take(1, from: "a", soFar: 64 << 10), "a body that has grown large is no small one")
        for address in 1..<512 { #expect(budget.take(64 << 10, from: "\(address)", soFar: 0)) }
        #expect(!budget.take(1, from: "c", soFar: 0))
    }

    @Test(arguments: [1 << 20, 4 << 20, 5 << 20, 256 << 20])
    func `a single body of 4 MiB, or of all there is, always passes`(_ bytes: Int) {
        let budget = BodyBudget(bounds: bounds(bytes: bytes, perAddress: 1))
        #expect(budget.take(min(bytes, 4 << 20), from: "a", soFar: 0))
    }
}
