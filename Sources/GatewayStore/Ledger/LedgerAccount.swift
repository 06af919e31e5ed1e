import InferenceAPI
import Signing

/// An account of the double-entry ledger, with the name that it has in `postings`.
enum LedgerAccount: Hashable, Sendable {
    /// What the network has given away; negative.
    case issue
    /// What the network holds for its callers; negative.
    case custody
    /// Granted credits that a wallet can spend.
    case granted(Address)
    /// Deposited credits that a wallet can spend.
    case deposited(Address)
    /// What is locked for one job: zero before and after it.
    case escrow(JobID)
    /// What a payout address has earned.
    case earned(Address)
    /// What the network has earned.
    case treasury

    var name: String {
        switch self {
        case .issue: "issue"
        case .custody: "custody"
        case .granted(let wallet): "granted:" + wallet.description
        case .deposited(let wallet): "deposited:" + wallet.description
        case .escrow(let jobID): "escrow:" + jobID.description
        case .earned(let payoutAddress): "earned:" + payoutAddress.description
        case .treasury: "treasury"
        }
    }
}
