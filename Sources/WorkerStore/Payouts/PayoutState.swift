/// Where a payout stands, as `payouts.state`.
package enum PayoutState: String, Sendable, CaseIterable {
    /// Booked to the payout address in the network's ledger.
    case credited
    /// A transaction was sent to the chain.
    case submitted
    /// The chain has finalized it.
    case confirmed
    /// The network says it was paid, and the chain does not know it.
    case missing
    /// The network contradicts what it, or the chain, said of it before.
    case mismatched

    /// How far the network's own word has come; nil for what only this worker finds out.
    var progress: Int? {
        switch self {
        case .credited: 0
        case .submitted: 1
        case .confirmed: 2
        case .missing, .mismatched: nil
        }
    }
}
