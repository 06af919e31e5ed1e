/// An amount of credits by where they came from.
package struct CreditSplit: Sendable, Equatable {
    package var granted: Int
    package var deposited: Int

    package init(granted: Int, deposited: Int) {
        self.granted = granted
        self.deposited = deposited
    }

    package var total: Int { granted + deposited }

    /// Takes `credits` from it, granted ones first; there must be as many.
    func taking(_ credits: Int) -> (taken: CreditSplit, rest: CreditSplit) {
        precondition((0...total).contains(credits), "cannot take \(credits) credits from \(total)")
        let taken = CreditSplit(granted: min(credits, granted), deposited: max(0, credits - granted))
        return (taken, CreditSplit(granted: granted - taken.granted, deposited: deposited - taken.deposited))
    }
}
