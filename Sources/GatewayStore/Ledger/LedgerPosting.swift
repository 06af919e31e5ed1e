import InferenceAPI
import Receipts
import Signing

/// One side of an entry: an amount that an account gains, or loses if it is negative.
struct LedgerPosting: Hashable, Sendable {
    var account: String
    var amountMicroUSDC: Int
}

extension [LedgerPosting] {
    /// Collects amounts, leaving out those that are nothing.
    private init(_ amounts: KeyValuePairs<LedgerAccount, Int>) {
        self = amounts.compactMap { account, amount in
            amount == 0 ? nil : LedgerPosting(account: account.name, amountMicroUSDC: amount)
        }
    }

    /// Credits that the network gives to a wallet.
    static func grant(_ credits: Int, to wallet: Address) -> Self {
        Self([.issue: -microUSDC(credits), .granted(wallet): microUSDC(credits)])
    }

    /// Credits that a wallet paid for.
    static func deposit(_ credits: Int, to wallet: Address) -> Self {
        Self([.custody: -microUSDC(credits), .deposited(wallet): microUSDC(credits)])
    }

    static func lock(_ credits: CreditSplit, of wallet: Address, for jobID: JobID) -> Self {
        Self([
            .granted(wallet): -microUSDC(credits.granted),
            .deposited(wallet): -microUSDC(credits.deposited),
            .escrow(jobID): microUSDC(credits.total),
        ])
    }

    static func refund(_ credits: CreditSplit, to wallet: Address, for jobID: JobID) -> Self {
        Self([
            .escrow(jobID): -microUSDC(credits.total),
            .granted(wallet): microUSDC(credits.granted),
            .deposited(wallet): microUSDC(credits.deposited),
        ])
    }

    /// The end of a lock: what goes back to the wallet, and the two shares of the charge.
    static func settle(
        _ settlement: LedgerEntry.Settlement,
        refunding rest: CreditSplit,
        to wallet: Address
    ) -> Self {
        Self([
            .escrow(settlement.jobID): -microUSDC(settlement.amounts.creditsLocked),
            .granted(wallet): microUSDC(rest.granted),
            .deposited(wallet): microUSDC(rest.deposited),
            .earned(settlement.payoutAddress): settlement.amounts.workerMicroUSDC,
            .treasury: settlement.amounts.treasuryMicroUSDC,
        ])
    }

    private static func microUSDC(_ credits: Int) -> Int { credits * Amounts.microUSDCPerCredit }
}
