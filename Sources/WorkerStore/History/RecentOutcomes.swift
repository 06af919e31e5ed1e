/// What became of the jobs since some time.
package struct RecentOutcomes: Sendable, Equatable {
    /// Whether at least one is settled.
    package var hasSettled = false
    /// Unpaid jobs by the reason that the network gave.
    package var unpaid: [String: Int] = [:]

    package init(hasSettled: Bool = false, unpaid: [String: Int] = [:]) {
        self.hasSettled = hasSettled
        self.unpaid = unpaid
    }
}
