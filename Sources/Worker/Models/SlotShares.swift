import Signing

/// Who of several networks gets a slot when there are too few for all of them.
///
/// A network that was refused for want of a slot waits in line for ``patience``. Those in line who hold fewer slots come
/// first, then those who were served longest ago; a slot is kept free for each of them. So every network that asks comes
/// to an equal share, even of a single slot, and one that asks alone gets all.
struct SlotShares: Sendable {
    /// How long a slot is kept for a network that was refused one.
    ///
    /// Two heartbeats, with which it learns of the free slot; one that asks no more keeps a slot idle no longer than
    /// this.
    static let patience: Duration = .seconds(10)

    private struct Share {
        var held = 0
        /// The turn in which it was last served; 0: never.
        var lastTurn = 0
        /// When it was last refused; `nil` since it was served.
        var refusedAt: ContinuousClock.Instant?

        func isWaiting(at now: ContinuousClock.Instant) -> Bool {
            refusedAt.map { now - $0 < SlotShares.patience } ?? false
        }

        func comesBefore(_ other: Share) -> Bool {
            (held, lastTurn) < (other.held, other.lastTurn)
        }
    }

    private var shares: [Address: Share] = [:]
    private var turns = 0

    /// Whether a network may take one of the slots that are free, or must leave them to those before it in line.
    func mayTake(_ network: Address, free: Int, at now: ContinuousClock.Instant) -> Bool {
        let own = shares[network] ?? Share()
        let ahead = shares.count { $0.key != network && $0.value.isWaiting(at: now) && $0.value.comesBefore(own) }
        return free > ahead
    }

    /// A network got no slot.
    mutating func refused(_ network: Address, at now: ContinuousClock.Instant) {
        shares[network, default: Share()].refusedAt = now
    }

    /// A network took a slot.
    mutating func taken(by network: Address) {
        turns += 1
        shares[network, default: Share()].held += 1
        shares[network]?.lastTurn = turns
        shares[network]?.refusedAt = nil
    }

    /// A network gave a slot back.
    mutating func released(by network: Address) {
        shares[network]?.held -= 1
    }
}
