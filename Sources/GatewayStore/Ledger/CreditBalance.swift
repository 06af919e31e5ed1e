/// The credits of one wallet.
package struct CreditBalance: Sendable, Equatable {
    /// Given by the network: can be spent, not withdrawn.
    package var granted: Int
    /// Paid for.
    package var deposited: Int
    /// Set aside for jobs that have not ended.
    package var locked: Int
    /// Charged for jobs so far.
    package var spent: Int

    package init(granted: Int = 0, deposited: Int = 0, locked: Int = 0, spent: Int = 0) {
        self.granted = granted
        self.deposited = deposited
        self.locked = locked
        self.spent = spent
    }

    /// What a new job can lock.
    package var available: Int { granted + deposited }
}
