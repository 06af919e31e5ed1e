/// What came of the offers of the last hour.
package struct ActivityReport: Codable, Sendable, Equatable {
    package var offers: Int
    package var accepted: Int
    /// By the refusal's word.
    package var refused: [String: Int]
    /// Receipts signed.
    package var finished: Int
    /// Jobs that ended without a result, by the code of what ended them.
    package var lost: [String: Int]
    package var settled: Int
    /// By the reason that the network gave.
    package var unpaid: [String: Int]
    package var microUSDC: Int

    init(_ counts: ActivityCounts) {
        offers = counts.offered
        accepted = counts.accepted
        refused = counts.refused
        finished = counts.finished
        lost = counts.lost
        settled = counts.settled
        unpaid = counts.unpaid
        microUSDC = counts.microUSDC
    }

    private enum CodingKeys: String, CodingKey {
        case offers, accepted, refused, finished, lost, settled, unpaid
        case microUSDC = "micro_usdc"
    }
}
