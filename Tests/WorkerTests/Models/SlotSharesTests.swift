import Signing
import Testing

@testable import Worker

struct SlotSharesTests {
    private let one = Identity.generate().address
    private let two = Identity.generate().address
    private let three = Identity.generate().address
    private let start = ContinuousClock.now

    /// Offers a slot to a network, of `capacity` in all.
    private func offer(
        _ shares: inout SlotShares,
        _ network: Address,
        _ held: inout [Address: Int],
        capacity: Int,
        after: Duration = .zero
    ) -> Bool {
        let free = capacity - held.values.reduce(0, +)
        guard free > 0, shares.mayTake(network, free: free, at: start + after) else {
            shares.refused(network, at: start + after)
            return false
        }
        shares.taken(by: network)
        held[network, default: 0] += 1
        return true
    }

    private func release(_ shares: inout SlotShares, _ network: Address, _ held: inout [Address: Int]) {
        shares.released(by: network)
        held[network, default: 0] -= 1
    }

    @Test func `a network that asks alone gets every slot, again and again`() {
        var shares = SlotShares()
        var held: [Address: Int] = [:]
        let taken = (0..<5).map { _ in offer(&shares, one, &held, capacity: 4) }
        #expect(taken == [true, true, true, true, false])
        release(&shares, one, &held)
        let again = offer(&shares, one, &held, capacity: 4)
        #expect(again)
    }

    @Test func `two that ask all the time come to half each`() {
        var shares = SlotShares()
        var held: [Address: Int] = [:]
        for _ in 0..<4 { _ = offer(&shares, one, &held, capacity: 4) }
        for _ in 0..<6 {
            // The second asks, and the first asks sooner after each of its jobs.
            _ = offer(&shares, two, &held, capacity: 4)
            if held[one, default: 0] > 2 { release(&shares, one, &held) }
            _ = offer(&shares, one, &held, capacity: 4)
            _ = offer(&shares, two, &held, capacity: 4)
        }
        #expect(held == [one: 2, two: 2])
    }

    @Test func `a single slot goes round`() {
        var shares = SlotShares()
        var held: [Address: Int] = [:]
        var order: [Address] = []
        for _ in 0..<9 {
            for network in [one, two, three] where offer(&shares, network, &held, capacity: 1) {
                order.append(network)
            }
            if let last = order.last { release(&shares, last, &held) }
        }
        #expect(order == [one, two, three, one, two, three, one, two, three])
    }

    @Test func `a slot is kept for one that waits, but not for long`() {
        var shares = SlotShares()
        var held: [Address: Int] = [:]
        let first = offer(&shares, one, &held, capacity: 1)
        let second = offer(&shares, two, &held, capacity: 1)
        #expect(first && !second)
        release(&shares, one, &held)
        let soon = offer(&shares, one, &held, capacity: 1, after: .seconds(9))
        let late = offer(&shares, one, &held, capacity: 1, after: .seconds(10))
        #expect(!soon && late)
    }

    @Test func `one that waits keeps a slot and no more`() {
        var shares = SlotShares()
        var held: [Address: Int] = [:]
        for _ in 0..<4 { _ = offer(&shares, one, &held, capacity: 4) }
        _ = offer(&shares, two, &held, capacity: 4)
        for _ in 0..<3 { release(&shares, one, &held) }
        let taken = (0..<3).map { _ in offer(&shares, one, &held, capacity: 4) }
        #expect(taken == [true, true, false])
    }
}
